"""Prints the coefficients of io.firesteel.tensor.FloatMath.normalCdf.

With t = (z - 3) / (z + 3), the function (1 + 2 z) exp(z^2) erfc(z) is smooth in
t for all z >= 0, so that a polynomial in t comes close to it. The polynomial is
the Chebyshev fit over the z that give a float other than 0.

Run: python src/test/python/normal_cdf.py (needs numpy and scipy)
"""

import numpy as np
from numpy.polynomial import chebyshev, polynomial
from scipy.special import erfcx

SPLIT, LAST, DEGREE = 3.0, 10.4, 12

nodes = np.cos(np.pi * (np.arange(400) + 0.5) / 400)
last = (LAST - SPLIT) / (LAST + SPLIT)
t = (nodes + 1) / 2 * (last + 1) - 1
z = SPLIT * (1 + t) / (1 - t)
fit = chebyshev.cheb2poly(chebyshev.chebfit(t, erfcx(z) * (1 + 2 * z), DEGREE))

z = np.linspace(0, LAST, 100001)
t = (z - SPLIT) / (z + SPLIT)
error = polynomial.polyval(t, fit) / (1 + 2 * z) / erfcx(z) - 1
print("largest relative error:", np.max(np.abs(error)))
for coefficient in fit:
    print(repr(float(coefficient)))
