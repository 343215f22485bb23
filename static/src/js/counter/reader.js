// Finds the text of a QR code in a picture of the camera: by the browser where it can, else by our own reader.

const SIDE = 480;

let ready;

/** A function that takes the video and returns the code's text, or "". Loaded once, when it is first needed. */
export function reader() {
  ready ??= native().then((read) => read ?? own());
  return ready;
}

async function native() {
  if (!("BarcodeDetector" in self)) return null;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => {
    try {
      return (await detector.detect(video))[0]?.rawValue ?? "";
    } catch {
      return "";
    }
  };
}

async function own() {
  const { default: decode } = await import("qr/decode.js");
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    // The middle square, where the frame is drawn: cards are held there, and it is quicker to read.
    const side = Math.min(video.videoWidth, video.videoHeight);
    const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
    paper.drawImage(video, left, top, side, side, 0, 0, SIDE, SIDE);
    try {
      return decode(paper.getImageData(0, 0, SIDE, SIDE));
    } catch {
      return "";
    }
  };
}
