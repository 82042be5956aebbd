//! The functions of libusb that `uhubctl` calls, as it calls them: from one thread, in a process that ends at once. So
//! what they hand out is never freed.

#![expect(unsafe_code, reason = "libusb is a library of C: its pointers are what `uhubctl` hands in")]

use std::{
    ffi::{c_int, c_uint, c_void},
    ptr,
};

use crate::{
    device::{Listed, description, listed},
    error,
    stage::Stage,
    world::{Call, place},
};

const HUB_CLASS: u8 = 9;
const CONTAINER_ID: u8 = 4;
/// A configuration has one byte, so the kernel's file that `uhubctl` looks for with this number can never exist, and no
/// real hub at the same place is switched.
const NO_CONFIGURATION: c_int = 9999;

const EIO: c_int = 5;

unsafe extern "C" {
    /// The `errno` of the C library.
    safe fn __errno_location() -> *mut c_int;
}

/// `struct libusb_device_descriptor`.
#[repr(C)]
pub(crate) struct DeviceDescriptor {
    length: u8,
    kind: u8,
    usb: u16,
    class: u8,
    subclass: u8,
    protocol: u8,
    packet: u8,
    vendor: u16,
    product: u16,
    release: u16,
    vendor_text: u8,
    product_text: u8,
    serial_text: u8,
    configurations: u8,
}

/// `struct libusb_bos_descriptor` with the one capability that counts here.
#[repr(C)]
pub(crate) struct BosDescriptor {
    length: u8,
    kind: u8,
    total: u16,
    count: u8,
    capability: *const ContainerDescriptor,
}

/// `struct libusb_container_id_descriptor`, which begins as a `struct libusb_bos_dev_capability_descriptor` does.
#[repr(C)]
#[derive(Clone)]
pub(crate) struct ContainerDescriptor {
    length: u8,
    kind: u8,
    capability: u8,
    reserved: u8,
    id: [u8; 16],
}

/// Begins a run.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn libusb_init(_context: *mut *mut c_void) -> c_int {
    let Some(stage) = Stage::of_environment() else { return error::NOT_FOUND };
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    stage.note(format!("run {}", arguments.join(" ")).trim_end());
    0
}

/// Ends a run.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn libusb_exit(_context: *mut c_void) {}

/// Lists what is there, a null pointer after the last.
///
/// # Safety
/// `list` is a place for a pointer.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_get_device_list(
    _context: *mut c_void,
    list: *mut *const *const Listed,
) -> isize {
    let Some(stage) = Stage::of_environment() else { return -5 };
    let devices = stage.change(|world| listed(&stage, world));
    let count = devices.len();
    let pointers = devices.into_iter().map(|device| ptr::from_ref(Box::leak(Box::new(device))));
    let pointers: Vec<*const Listed> = pointers.chain([ptr::null()]).collect();
    // SAFETY: the caller gave a place for the pointer.
    unsafe { list.write(pointers.leak().as_ptr()) };
    count.cast_signed()
}

/// What was handed out is not freed.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn libusb_free_device_list(_list: *const *const Listed, _unreference: c_int) {}

/// What a device is.
///
/// # Safety
/// `device` is of the list, `descriptor` a place for one.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_get_device_descriptor(
    device: *const Listed,
    descriptor: *mut DeviceDescriptor,
) -> c_int {
    // SAFETY: pointers of the list live as long as the process.
    let device = unsafe { &*device };
    let index = |word: &Option<String>, index: u8| if word.is_some() { index } else { 0 };
    let words = &device.words;
    let value = DeviceDescriptor {
        length: 18,
        kind: 1,
        usb: device.usb,
        class: if device.hub { HUB_CLASS } else { 0 },
        subclass: 0,
        protocol: 1,
        packet: 64,
        vendor: device.id.0,
        product: device.id.1,
        release: 0x0100,
        vendor_text: index(&words.vendor, 1),
        product_text: index(&words.product, 2),
        serial_text: index(&words.serial, 3),
        configurations: 1,
    };
    // SAFETY: the caller gave a place for it.
    unsafe { descriptor.write(value) };
    0
}

/// The bus of a device.
///
/// # Safety
/// `device` is of the list.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_get_bus_number(device: *const Listed) -> u8 {
    // SAFETY: pointers of the list live as long as the process.
    place(unsafe { &(*device).at }).0
}

/// The port in which a device is; 0 for a root hub.
///
/// # Safety
/// `device` is of the list.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_get_port_number(device: *const Listed) -> u8 {
    // SAFETY: pointers of the list live as long as the process.
    place(unsafe { &(*device).at }).1.last().copied().unwrap_or(0)
}

/// The ports that lead to a device.
///
/// # Safety
/// `device` is of the list, `numbers` has room for `room` of them.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_get_port_numbers(
    device: *const Listed,
    numbers: *mut u8,
    room: c_int,
) -> c_int {
    // SAFETY: pointers of the list live as long as the process.
    let path = place(unsafe { &(*device).at }).1;
    match c_int::try_from(path.len()) {
        Ok(length) if length <= room => {
            // SAFETY: there is room for all of them.
            unsafe { numbers.copy_from_nonoverlapping(path.as_ptr(), path.len()) };
            length
        }
        // What libusb returns when there is too little room.
        _ => -8,
    }
}

/// Opens a device: the handle is the device itself.
///
/// # Safety
/// `device` is of the list, `handle` a place for a pointer.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_open(device: *const Listed, handle: *mut *const Listed) -> c_int {
    // SAFETY: pointers of the list live as long as the process.
    let opened = unsafe { &*device };
    // SAFETY: the caller gave a place for it.
    unsafe { handle.write(device) };
    if opened.hub {
        opened.ask(Call::Open, None, &format!("open {}", opened.at), |_| 0)
    } else if opened.may_open {
        0
    } else {
        error::ACCESS
    }
}

/// Closes a device.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn libusb_close(_handle: *const Listed) {}

/// A request to a hub: its kind, the status of a port, or the power of one.
///
/// # Safety
/// `handle` is open, `data` has room for `room` bytes.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_control_transfer(
    handle: *const Listed,
    kind: u8,
    request: u8,
    value: u16,
    index: u16,
    data: *mut u8,
    room: u16,
    _timeout: c_uint,
) -> c_int {
    // SAFETY: pointers of the list live as long as the process.
    let hub = unsafe { &*handle };
    let mut answer = Vec::new();
    let port = u8::try_from(index).unwrap_or(0);
    let ended = match (kind, request, value) {
        (0xa0, 6, 0x2900 | 0x2a00) => hub.ask(Call::Describe, None, "", |world| {
            answer = world.hub(&hub.at).map(description).unwrap_or_default();
            0
        }),
        (0xa3, 0, 0) => hub.ask(Call::Status, Some(port), &format!("status {} {port}", hub.at), |world| {
            let status = world.status(&hub.at, port);
            answer = status.map(|status| [status.to_le_bytes(), [0; 2]].concat()).unwrap_or_default();
            if status.is_some() { 0 } else { error::PIPE }
        }),
        (0x23, 1 | 3, 8) => {
            let (power, word) = if request == 3 { (true, "on") } else { (false, "off") };
            hub.ask(Call::Power, Some(port), &format!("power {} {port} {word}", hub.at), |world| {
                let port = world.port_mut(&hub.at, port);
                port.map_or(error::PIPE, |port| {
                    port.power = power;
                    0
                })
            })
        }
        _ => error::PIPE,
    };
    if ended == error::IO {
        // libusb leaves it there, and `uhubctl` prints it.
        // SAFETY: it points to the number of this thread.
        unsafe { __errno_location().write(EIO) };
    }
    if ended < 0 {
        return ended;
    }
    answer.truncate(room.into());
    // SAFETY: it is not longer than the room.
    unsafe { data.copy_from_nonoverlapping(answer.as_ptr(), answer.len()) };
    c_int::try_from(answer.len()).unwrap_or(error::IO)
}

/// The identity that the chips of one housing share.
///
/// # Safety
/// `handle` is open, `bos` a place for a pointer.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_get_bos_descriptor(
    handle: *const Listed,
    bos: *mut *const BosDescriptor,
) -> c_int {
    // SAFETY: pointers of the list live as long as the process.
    let Some(id) = (unsafe { (*handle).container.as_deref() }).and_then(container) else {
        return error::PIPE;
    };
    let capability =
        ContainerDescriptor { length: 20, kind: 0x10, capability: CONTAINER_ID, reserved: 0, id };
    let capability = ptr::from_ref(Box::leak(Box::new(capability)));
    let value = BosDescriptor { length: 5, kind: 0x0f, total: 25, count: 1, capability };
    // SAFETY: the caller gave a place for it.
    unsafe { bos.write(Box::leak(Box::new(value))) };
    0
}

fn container(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    (digits.len() == 32).then(|| u128::from_str_radix(&digits, 16).ok()).flatten().map(u128::to_be_bytes)
}

/// What was handed out is not freed.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn libusb_free_bos_descriptor(_bos: *const BosDescriptor) {}

/// A capability as what it is.
///
/// # Safety
/// `capability` is of a descriptor that was handed out, `id` a place for a pointer.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_get_container_id_descriptor(
    _context: *mut c_void,
    capability: *const ContainerDescriptor,
    id: *mut *const ContainerDescriptor,
) -> c_int {
    // SAFETY: there is only this kind of capability, and the caller gave a place for the pointer.
    unsafe { id.write(capability) };
    0
}

/// What was handed out is not freed.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn libusb_free_container_id_descriptor(_id: *const ContainerDescriptor) {}

/// A string of a device, as libusb reduces it: a unit of UTF-16 that is no ASCII becomes `?`.
///
/// # Safety
/// `handle` is open, `data` has room for `room` bytes.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_get_string_descriptor_ascii(
    handle: *const Listed,
    index: u8,
    data: *mut u8,
    room: c_int,
) -> c_int {
    // SAFETY: pointers of the list live as long as the process.
    let words = unsafe { &(*handle).words };
    let word = match index {
        1 => words.vendor.as_ref(),
        2 => words.product.as_ref(),
        3 => words.serial.as_ref(),
        _ => None,
    };
    let (Some(word), Ok(room)) = (word, usize::try_from(room)) else { return error::PIPE };
    let ascii = |unit: u16| u8::try_from(unit).ok().filter(u8::is_ascii).unwrap_or(b'?');
    let bytes: Vec<u8> = word.encode_utf16().map(ascii).take(room.saturating_sub(1)).collect();
    // SAFETY: with the zero after it, it is not longer than the room.
    unsafe {
        data.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        data.add(bytes.len()).write(0);
    }
    c_int::try_from(bytes.len()).unwrap_or(error::IO)
}

/// A configuration that no device has.
///
/// # Safety
/// `configuration` is a place for a number.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_get_configuration(
    _handle: *const Listed,
    configuration: *mut c_int,
) -> c_int {
    // SAFETY: the caller gave a place for it.
    unsafe { configuration.write(NO_CONFIGURATION) };
    0
}

/// Never asked for by the service; says that it is done, and is in the log.
///
/// # Safety
/// `handle` is open.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn libusb_reset_device(handle: *const Listed) -> c_int {
    // SAFETY: pointers of the list live as long as the process.
    let hub = unsafe { &*handle };
    hub.stage.note(&format!("reset {}", hub.at));
    0
}
