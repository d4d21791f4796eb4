/** Runs before the page: its clock, and what the phone keeps of an earlier visit. */
import './clock';
import './switches';
