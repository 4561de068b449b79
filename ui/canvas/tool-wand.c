/* The wand: grows from a click over similar colours of what is displayed; the
 * drag sets how similar. */
#include "canvas/canvas-tools.h"

#include <math.h>

#include "canvas/tile-worker.h"

/* How far it grows from the click, pixels of the picture. */
#define REACH_PX 512
/* Screen pixels of a drag for one step of tolerance. */
#define DRAG_PX 3.0

/* The wand in hand. */
struct _MgWandHand
{
  MgCanvas *canvas; /* borrowed; NULL when the canvas has let go */
  GCancellable *cancellable;
  MgStroke stroke;
  MgPoint at;
  int first_tolerance;
  double start_x, start_y; /* screen */
  gboolean released;       /* before it was ready: applied as soon as it is */
  MgWand *wand;            /* (nullable) until ready */
  GdkTexture *preview;     /* (nullable) */
  int shown;               /* tolerance of the preview */
};

typedef struct
{
  MgSharedScene *scene;
  MgViewport viewport;
  MgRect rect;
  int seed_x, seed_y;
} Growing;

static void
growing_free (gpointer data)
{
  mg_shared_scene_unref (((Growing *) data)->scene);
  g_free (data);
}

static void
hand_free (MgWandHand *hand)
{
  g_clear_object (&hand->cancellable);
  g_clear_object (&hand->preview);
  g_clear_pointer (&hand->wand, mg_wand_free);
  g_free (hand);
}

/* The canvas has no wand in hand any more; the thread may still be at it. */
static void
let_go (MgCanvas *self)
{
  MgWandHand *hand = g_steal_pointer (&self->wand);

  if (hand == NULL)
    return;
  hand->canvas = NULL;
  g_cancellable_cancel (hand->cancellable);
  if (hand->wand != NULL)
    hand_free (hand);
}

static void
grow_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  Growing *growing = task_data;
  int width = growing->viewport.width, height = growing->viewport.height;
  g_autofree guint8 *rgba = g_try_malloc ((gsize) width * height * 4);
  g_autoptr (GError) error = NULL;
  MgWand *wand = NULL;

  if (rgba == NULL)
    g_set_error_literal (&error, MG_ERROR, MG_ERROR_NO_MEMORY, "Not enough memory for the wand");
  else if (mg_compose (&growing->scene->scene, &growing->viewport, &(MgRect){ 0, 0, width, height }, rgba,
                       (gsize) width * 4, cancellable, &error))
    wand = mg_wand_new (rgba, width, height, growing->seed_x, growing->seed_y, &growing->rect, cancellable, &error);
  if (wand != NULL)
    g_task_return_pointer (task, wand, (GDestroyNotify) mg_wand_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
apply (MgCanvas *self)
{
  MgWandHand *hand = self->wand;

  if (self->annotation != NULL)
    mg_annotation_paint_wand (self->annotation, &hand->stroke, hand->at.x, hand->at.y, hand->wand, self->tolerance);
  let_go (self);
}

static void
on_grown (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  MgWandHand *hand = user_data;
  g_autoptr (GError) error = NULL;

  hand->wand = g_task_propagate_pointer (G_TASK (result), &error);
  if (hand->canvas == NULL)
    {
      hand_free (hand);
      return;
    }
  if (hand->wand == NULL)
    {
      MgCanvas *self = hand->canvas;

      self->wand = NULL;
      _mg_canvas_emit_notice (self, error->message);
      hand_free (hand);
    }
  else if (hand->released)
    apply (hand->canvas);
  else
    gtk_widget_queue_draw (GTK_WIDGET (hand->canvas));
}

/* The part of the image around a place that is looked at, and how: pixel for
 * pixel, or as coarse as it is displayed. */
static Growing *
growing_new (MgCanvas *self,
             double x,
             double y)
{
  Growing *growing = g_new0 (Growing, 1);
  MgRect whole = { 0, 0, self->base.view.image_width, self->base.view.image_height };
  double zoom = MIN (1, self->base.view.zoom);
  int reach = (int) ceil (REACH_PX / zoom);
  MgScene scene;

  _mg_canvas_get_scene (self, &scene);
  scene.mask = NULL;
  scene.prediction = NULL;
  scene.show_mask = scene.show_prediction = FALSE;
  growing->scene = mg_shared_scene_new (&scene);
  growing->rect = (MgRect){ (int) floor (x) - reach, (int) floor (y) - reach, 2 * reach + 1, 2 * reach + 1 };
  mg_rect_intersect (&growing->rect, &whole, &growing->rect);
  growing->viewport = self->base.view;
  growing->viewport.zoom = zoom;
  growing->viewport.width = MAX (1, (int) round (growing->rect.width * zoom));
  growing->viewport.height = MAX (1, (int) round (growing->rect.height * zoom));
  growing->viewport.centre_x = growing->rect.x + growing->viewport.width / 2.0 / zoom;
  growing->viewport.centre_y = growing->rect.y + growing->viewport.height / 2.0 / zoom;
  growing->seed_x = CLAMP ((int) ((x - growing->rect.x) * zoom), 0, growing->viewport.width - 1);
  growing->seed_y = CLAMP ((int) ((y - growing->rect.y) * zoom), 0, growing->viewport.height - 1);
  return growing;
}

static gboolean
press (MgCanvas *self,
       const MgToolEvent *event)
{
  g_autoptr (GTask) task = NULL;
  MgWandHand *hand;

  let_go (self);
  if (event->x < 0 || event->y < 0 || event->x >= self->base.view.image_width || event->y >= self->base.view.image_height)
    return FALSE;
  hand = g_new0 (MgWandHand, 1);
  hand->canvas = self;
  hand->cancellable = g_cancellable_new ();
  hand->at = (MgPoint){ event->x, event->y };
  hand->first_tolerance = self->tolerance;
  hand->start_x = self->base.pointer_x;
  hand->start_y = self->base.pointer_y;
  hand->shown = -1;
  _mg_tool_make_stroke (self, event, &hand->stroke);
  self->wand = hand;
  task = g_task_new (NULL, hand->cancellable, on_grown, hand);
  g_task_set_task_data (task, growing_new (self, event->x, event->y), growing_free);
  g_task_run_in_thread (task, grow_thread);
  return TRUE;
}

/* To the right and up: more. */
static void
move (MgCanvas *self,
      const MgToolEvent *event)
{
  MgWandHand *hand = self->wand;
  double way;

  if (hand == NULL)
    return;
  way = (self->base.pointer_x - hand->start_x - (self->base.pointer_y - hand->start_y)) / self->base.scale;
  g_object_set (self, "tolerance", CLAMP (hand->first_tolerance + (int) lround (way / DRAG_PX), 0, MG_WAND_MAX_TOLERANCE), NULL);
}

static void
release (MgCanvas *self,
         const MgToolEvent *event)
{
  if (self->wand == NULL)
    return;
  if (self->wand->wand != NULL)
    apply (self);
  else
    self->wand->released = TRUE;
}

static void
make_preview (MgWandHand *hand,
              int tolerance)
{
  int width, height;
  const guint8 *costs = mg_wand_get_costs (hand->wand, &width, &height);
  gsize n = (gsize) width * height;
  guint32 *words = g_new (guint32, n);
  /* orange, premultiplied: R, G, B, A bytes */
  const guint32 inside = GUINT32_TO_LE (0x80004080u);
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < n; i++)
    words[i] = costs[i] <= tolerance ? inside : 0;
  bytes = g_bytes_new_take (words, n * sizeof *words);
  g_clear_object (&hand->preview);
  hand->preview = gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED, bytes, (gsize) width * 4);
  hand->shown = tolerance;
}

static void
draw (MgCanvas *self,
      GtkSnapshot *snapshot)
{
  MgWandHand *hand = self->wand;
  graphene_rect_t rect;

  if (hand == NULL || hand->wand == NULL)
    return;
  if (hand->shown != self->tolerance)
    make_preview (hand, self->tolerance);
  _mg_tool_to_widget (self, mg_wand_get_rect (hand->wand), &rect);
  gtk_snapshot_append_texture (snapshot, hand->preview, &rect);
}

const MgToolClass _mg_tool_wand = {
  .cursor = "wand",
  .own_cursor = TRUE,
  .press = press,
  .move = move,
  .release = release,
  .cancel = let_go,
  .draw = draw,
};
