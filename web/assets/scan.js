// The host's scan page.
import './scanner/page.js';
