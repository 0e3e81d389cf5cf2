"""Drawn figures: a 3-D skeleton posed by joint angles, projected and outlined as flat SVG.

Pure Python without Django. World coordinates are centimetres: x forward, y up, z to the person's right; the floor is
y = 0 and the stature 170. Angles are degrees with clinical signs: flexion, abduction, external rotation and
dorsiflexion are positive; for the trunk and the neck flexion, bending to the right and turning to the right are.
docs/figures.md tells authors how to write a pose.
"""
