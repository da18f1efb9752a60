"""Printouts: pages set as PDF by the worker, outside of the web server, for the person who asked, for one day."""
