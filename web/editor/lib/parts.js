// @ts-check

/** The parts of a text with commas between them. @param {string} text @returns {string[]} */
export const parts = (text) => text.split(',').map((part) => part.trim());
