/* Times one operation on balls of Arb: arb OPERATION PRECISION SECONDS.
   The arguments are those of BenchmarkInterval in exact/field: quotients by 3, an ulp wide.
   Prints nanoseconds per operation. */
#include <arb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TERMS = 64 };

static arb_struct x[TERMS], y[TERMS], a, b, z;
static slong prec;

static void add(void) { arb_add(&z, &a, &b, prec); }
static void mul(void) { arb_mul(&z, &a, &b, prec); }
static void quo(void) { arb_div(&z, &a, &b, prec); }
static void dot(void) { arb_dot(&z, NULL, 0, x, 1, y, 1, TERMS, prec); }
static void e(void) { arb_exp(&z, &a, prec); }
static void ln(void) { arb_log(&z, &b, prec); }
static void em1(void) { arb_expm1(&z, &a, prec); }
static void ln1p(void) { arb_log1p(&z, &a, prec); }
static void root(void) { arb_sqrt(&z, &b, prec); }

static const struct { const char *name; void (*run)(void); } operations[] = {
    {"add", add}, {"mul", mul}, {"quo", quo}, {"dot", dot}, {"exp", e},
    {"log", ln}, {"expm1", em1}, {"log1p", ln1p}, {"sqrt", root},
};

static void third(arb_t v, slong n)
{
    arb_init(v);
    arb_set_si(v, n);
    arb_div_ui(v, v, 3, prec);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
    void (*run)(void) = NULL;
    for (size_t i = 0; argc == 4 && i < sizeof operations / sizeof *operations; i++)
        if (!strcmp(argv[1], operations[i].name))
            run = operations[i].run;
    if (!run || (prec = atol(argv[2])) < 2) {
        fprintf(stderr, "usage: arb OPERATION PRECISION SECONDS\n");
        return 2;
    }
    third(&a, 1);
    third(&b, 10);
    arb_init(&z);
    for (slong i = 0; i < TERMS; i++) {
        third(x + i, 3 * i + 1);
        third(y + i, 6 * i + 2);
    }
    run(); /* constants such as log 2 are computed once */
    double start = now(), spent;
    long n = 0;
    do {
        for (int i = 0; i < 16; i++)
            run();
        n += 16;
        spent = now() - start;
    } while (spent < 1e9 * atof(argv[3]));
    printf("%.4g\n", spent / n);
    return 0;
}
