/** Stands for the client's WebTransport, which this gateway never offers. */
export const WT = undefined;
