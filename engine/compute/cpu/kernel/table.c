#include "compute/cpu/kernel/vector.h"

#define TEXT2(s) #s
#define TEXT(s)  TEXT2 (s)

static const MgKernels table = {
  .name = TEXT (MG_KERNEL_SET),
  .vector = MG_VECTOR,
  .panel = MG_PANEL,
  .rows = MG_ROWS,
  .pack_b = MG_SET (mg_pack_b),
  .gemm = MG_SET (mg_gemm),
  .gemm_t = MG_SET (mg_gemm_t),
  .f4x3 = &MG_SET (mg_winograd_f4x3),
  .f4x5 = &MG_SET (mg_winograd_f4x5),
  .act = MG_SET (mg_act),
  .act_grad = MG_SET (mg_act_grad),
  .add = MG_SET (mg_add),
  .affine = MG_SET (mg_affine),
  .moments = MG_SET (mg_moments),
  .norm_sums = MG_SET (mg_norm_sums),
  .norm_grad = MG_SET (mg_norm_grad),
  .column_sums = MG_SET (mg_column_sums),
  .maxpool2 = MG_SET (mg_maxpool2),
  .maxpool2_grad = MG_SET (mg_maxpool2_grad),
  .blurpool2 = MG_SET (mg_blurpool2),
  .blurpool2_grad = MG_SET (mg_blurpool2_grad),
  .upsample2_grad = MG_SET (mg_upsample2_grad),
  .adamw = MG_SET (mg_adamw),
};

const MgKernels *
MG_SET (mg_kernels) (void)
{
  return &table;
}
