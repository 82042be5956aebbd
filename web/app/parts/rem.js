// What is measured or drawn by script grows with the text: with the reader's size of it, and with the window.

/** So many pixels are one rem. */
export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
