#include <stdio.h>

#include "greet.h"

int greet(const char *name)
{
    return printf("Hello, %s, from a library built a moment ago.\n", name);
}
