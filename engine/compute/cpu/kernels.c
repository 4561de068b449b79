#include "compute/cpu/cpu-private.h"

/* Which of the compiled kernel sets this processor can run. */

#ifdef MG_HAVE_X86_KERNELS
static gboolean
has_v3 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

static gboolean
has_v4 (void)
{
  return has_v3 () && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
         __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl");
}
#endif

static gboolean
always (void)
{
  return TRUE;
}

/* fastest first */
static const struct
{
  const char *name;
  gboolean (*usable) (void);
  const MgKernels *(*get) (void);
} sets[] = {
#ifdef MG_HAVE_X86_KERNELS
  { "v4", has_v4, mg_kernels_v4 },
  { "v3", has_v3, mg_kernels_v3 },
#endif
  { "blas", always, mg_cpu_kernels_blas },
};

/**
 * mg_cpu_kernels:
 * @name: (nullable): the set wanted, %NULL for the fastest usable one
 *
 * Returns: (transfer none): the set; %NULL with %MG_ERROR_DEVICE
 */
const MgKernels *
mg_cpu_kernels (const char *name,
                GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    if ((name == NULL || g_str_equal (name, sets[i].name)) && sets[i].usable ())
      return sets[i].get ();
  g_set_error (error, MG_ERROR, MG_ERROR_DEVICE, "this processor cannot run the \"%s\" kernels", name);
  return NULL;
}
