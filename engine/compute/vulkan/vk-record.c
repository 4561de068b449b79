#include "compute/vulkan/vk-private.h"

#include "compute/vulkan/vk-lower.h"

/* how often a program's segments are cut at most */
#define MAX_RECORDED 6
/* how far off the estimate of a device's speed is believed to be */
#define MAX_SLOWNESS 16.0

/* A memory barrier between everything before and everything after. */
static void
barrier (MgVkBackend *self,
         VkCommandBuffer commands,
         gboolean to_host)
{
  const VkPipelineStageFlags device = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
  const VkMemoryBarrier memory = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask = to_host ? VK_ACCESS_HOST_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT
                             : VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
  };

  self->instance.fn.CmdPipelineBarrier (commands, device,
                                        to_host ? VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT : device,
                                        0, 1, &memory, 0, NULL, 0, NULL);
}

/* What has been recorded since the last barrier, for finding out whether the
 * next dispatch must wait for it. */
typedef struct
{
  MgVkProgram *program;
  VkCommandBuffer commands;
  GArray *pending; /* owned: indices of dispatches */
} Recorder;

static gboolean
conflicts (const MgVkDispatch *a,
           const MgVkDispatch *b)
{
  for (guint i = 0; i < a->n_refs; i++)
    for (guint j = 0; j < b->n_refs; j++)
      if ((a->refs[i].written || b->refs[j].written) && a->refs[i].buffer == b->refs[j].buffer &&
          a->refs[i].offset < b->refs[j].offset + b->refs[j].size &&
          b->refs[j].offset < a->refs[i].offset + a->refs[i].size)
        return TRUE;
  return FALSE;
}

/* Records rows first … first + n - 1 of a dispatch. Parts of one dispatch never
 * conflict with each other. */
static void
record (Recorder *recorder,
        guint index,
        guint first,
        guint n)
{
  MgVkBackend *self = mg_vk_program_backend (recorder->program);
  const MgVkFunctions *fn = &self->instance.fn;
  const MgVkDispatch *dispatch = &g_array_index (recorder->program->dispatches, MgVkDispatch, index);

  for (guint i = 0; i < recorder->pending->len; i++)
    {
      guint other = g_array_index (recorder->pending, guint, i);

      if (other != index && conflicts (dispatch, &g_array_index (recorder->program->dispatches, MgVkDispatch, other)))
        {
          barrier (self, recorder->commands, FALSE);
          g_array_set_size (recorder->pending, 0);
        }
    }
  g_array_append_val (recorder->pending, index);
  fn->CmdBindPipeline (recorder->commands, VK_PIPELINE_BIND_POINT_COMPUTE, dispatch->pipeline);
  fn->CmdBindDescriptorSets (recorder->commands, VK_PIPELINE_BIND_POINT_COMPUTE, self->pipeline_layout,
                             0, 1, &dispatch->set, 0, NULL);
  fn->CmdPushConstants (recorder->commands, self->pipeline_layout, VK_SHADER_STAGE_COMPUTE_BIT,
                        0, dispatch->push_size, dispatch->push);
  /* the plain call where it will do: the validation layer follows hazards
   * through it, but not through the other */
  if (first == 0)
    fn->CmdDispatch (recorder->commands, dispatch->groups_x, n, 1);
  else
    fn->CmdDispatchBase (recorder->commands, 0, first, 0, dispatch->groups_x, n, 1);
}

static gboolean
begin_segment (Recorder *recorder,
               gboolean updates,
               GError **error)
{
  MgVkBackend *self = mg_vk_program_backend (recorder->program);
  MgVkSegment segment = { mg_vk_commands_begin (self, FALSE, error), updates };

  if (segment.commands == VK_NULL_HANDLE)
    return FALSE;
  g_array_append_val (recorder->program->segments, segment);
  recorder->commands = segment.commands;
  g_array_set_size (recorder->pending, 0);
  barrier (self, segment.commands, FALSE);
  return TRUE;
}

static gboolean
end_segment (Recorder *recorder,
             GError **error)
{
  MgVkBackend *self = mg_vk_program_backend (recorder->program);

  barrier (self, recorder->commands, TRUE);
  return mg_vk_fail (self, self->instance.fn.EndCommandBuffer (recorder->commands), "recording commands", error);
}

/* Cuts the run into segments of about MG_VK_SEGMENT_US, long dispatches by rows
 * of workgroups; the updates begin a segment of their own. */
static gboolean
record_segments (Recorder *recorder,
                 GError **error)
{
  MgVkProgram *program = recorder->program;
  const MgGraph *graph = program->base.plan->graph;
  gboolean updates = FALSE;
  double left = MG_VK_SEGMENT_US;

  if (!begin_segment (recorder, FALSE, error))
    return FALSE;
  for (guint i = 0; i < program->dispatches->len; i++)
    {
      const MgVkDispatch *dispatch = &g_array_index (program->dispatches, MgVkDispatch, i);
      gboolean update = mg_graph_get_node (graph, dispatch->node)->op == MG_OP_ADAMW;
      double row_us = program->slowness * dispatch->cost_us / dispatch->groups_y;
      guint n;

      for (guint row = 0; row < dispatch->groups_y; row += n)
        {
          if ((left < row_us && left < MG_VK_SEGMENT_US) || (update && !updates))
            {
              updates = updates || update;
              if (!end_segment (recorder, error) || !begin_segment (recorder, updates, error))
                return FALSE;
              left = MG_VK_SEGMENT_US;
            }
          n = (guint) CLAMP (left / row_us, 1.0, (double) (dispatch->groups_y - row));
          record (recorder, i, row, n);
          left -= n * row_us;
        }
    }
  return end_segment (recorder, error);
}

/* Records the whole run, to be replayed by mg_vk_run_all(). */
gboolean
mg_vk_record_all (MgVkProgram *program,
                  GError **error)
{
  g_autoptr (GArray) pending = g_array_new (FALSE, FALSE, sizeof (guint));
  Recorder recorder = { program, VK_NULL_HANDLE, pending };

  program->n_recorded++;
  return record_segments (&recorder, error);
}

/* Nothing may be running. */
void
mg_vk_forget_segments (MgVkProgram *program)
{
  MgVkBackend *self = mg_vk_program_backend (program);

  for (guint i = 0; i < program->segments->len; i++)
    self->instance.fn.FreeCommandBuffers (self->device, self->command_pool, 1,
                                          &g_array_index (program->segments, MgVkSegment, i).commands);
  g_array_set_size (program->segments, 0);
}

/* The estimate of a GPU's speed may be far off: segments are cut again by what
 * a run took. Results do not depend on where they are cut. Time lost to other
 * programs looks like a slow device, and shorter segments lose more of it, so
 * there is a bound, and a software device's segments stay as they are. */
static gboolean
adapt (MgVkProgram *program,
       gint64 took_us,
       GError **error)
{
  double expected = 0, slowness;

  if (mg_vk_program_backend (program)->software || program->n_recorded >= MAX_RECORDED)
    return TRUE;
  for (guint i = 0; i < program->dispatches->len; i++)
    expected += g_array_index (program->dispatches, MgVkDispatch, i).cost_us;
  slowness = CLAMP ((double) took_us / expected, 1 / MAX_SLOWNESS, MAX_SLOWNESS);
  if (slowness < 2 * program->slowness && (slowness > program->slowness / 4 || program->segments->len < 4))
    return TRUE;
  program->slowness = slowness;
  mg_vk_forget_segments (program);
  return mg_vk_record_all (program, error);
}

/* Replays the whole run, at most two segments ahead of the device, looking at
 * the cancellable before each until the updates begin. */
gboolean
mg_vk_run_all (MgVkProgram *program,
               GCancellable *cancellable,
               GError **error)
{
  MgVkBackend *self = mg_vk_program_backend (program);
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < program->segments->len; i++)
    {
      const MgVkSegment *segment = &g_array_index (program->segments, MgVkSegment, i);

      if (i > 1 && !mg_vk_wait (self, self->submitted - 1, error))
        return FALSE;
      if (!segment->updates && g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          mg_vk_wait (self, self->submitted, NULL);
          return FALSE;
        }
      if (!mg_vk_submit (self, segment->commands, error))
        return FALSE;
    }
  return mg_vk_wait (self, self->submitted, error) &&
         adapt (program, g_get_monotonic_time () - start, error);
}

/* Runs nodes first … last - 1, recorded for this once. */
gboolean
mg_vk_run_range (MgVkProgram *program,
                 guint first,
                 guint last,
                 GError **error)
{
  MgVkBackend *self = mg_vk_program_backend (program);
  g_autoptr (GArray) pending = g_array_new (FALSE, FALSE, sizeof (guint));
  Recorder recorder = { program, mg_vk_commands_begin (self, TRUE, error), pending };

  if (recorder.commands == VK_NULL_HANDLE)
    return FALSE;
  barrier (self, recorder.commands, FALSE);
  for (guint i = 0; i < program->dispatches->len; i++)
    {
      const MgVkDispatch *dispatch = &g_array_index (program->dispatches, MgVkDispatch, i);

      if (dispatch->node >= first && dispatch->node < last)
        record (&recorder, i, 0, dispatch->groups_y);
    }
  barrier (self, recorder.commands, TRUE);
  return mg_vk_finish (self, recorder.commands, error);
}
