// Exponential and power functions of our own: the same bits on every processor and with every
// library, for draws and for figures that are compared across machines. Relative error below 4e-16
// times the argument's size; +, -, *, / and square root are exact by IEEE 754 and need no care.
#pragma once

namespace lvslab {

/// e^x; 0 below -745, infinity above 709.7.
double portable_exp(double x);

/// base^exponent for base > 0.
double portable_pow(double base, double exponent);

}  // namespace lvslab
