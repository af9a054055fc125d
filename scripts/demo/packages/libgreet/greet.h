#ifndef GREET_H
#define GREET_H

/* Prints a greeting for name; the number of characters printed. */
int greet(const char *name);

#endif
