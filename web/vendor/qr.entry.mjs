// QR codes.
export { default } from 'qrcode-generator';
