"""Invented clinics, people and courses of pain for the demo and for measurements. Nobody in here is real."""
