// Looks for QR codes in pictures, away from the page's own thread.
import '../assets/scanner/worker.js';
