#include "compare/inset-view.h"

#include "canvas/frame-trace.h"
#include "canvas/scale-bar.h"
#include "canvas/tile-worker.h"

#include <math.h>

#define BAR_PX      70
#define MARGIN      10
#define ZOOM_STEP   1.15
#define SMALLEST_PX 40

struct _MgInsetView
{
  GtkWidget parent_instance;

  MgScene scene; /* its image shared, nullable */
  char *title;   /* (nullable) */
  MgRect region; /* empty: none */
  MgTileWorker *worker;
  MgTileRequest *pending; /* (nullable): the worker's */
  gboolean stale;         /* what is pending is not what is wanted any more */
  GdkTexture *texture;    /* (nullable) */
  PangoLayout *title_text, *bar_text;
  double drag_x, drag_y;
};

enum
{
  ZOOM,
  MOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgInsetView, mg_inset_view, GTK_TYPE_WIDGET)

/* Device pixels a pixel of the image, so that the region just fits. */
static double
get_zoom (MgInsetView *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double width = gtk_widget_get_width (GTK_WIDGET (self)) * scale, height = gtk_widget_get_height (GTK_WIDGET (self)) * scale;

  return mg_rect_is_empty (&self->region) ? 0 : MIN (width / self->region.width, height / self->region.height);
}

/* One request is on its way at a time; what changes meanwhile is asked for when
 * it is back, so that a region that is dragged is seen moving. */
static void
request (MgInsetView *self)
{
  double zoom = get_zoom (self);
  MgViewport viewport = { .zoom = zoom };
  g_autoptr (MgSharedScene) shared = NULL;

  if (self->scene.image == NULL || !(zoom > 0))
    return;
  self->stale = self->pending != NULL;
  if (self->stale)
    return;
  viewport.width = MAX (1, (int) lround (self->region.width * zoom));
  viewport.height = MAX (1, (int) lround (self->region.height * zoom));
  mg_pyramid_get_size (self->scene.image, 0, &viewport.image_width, &viewport.image_height);
  viewport.centre_x = self->region.x + self->region.width / 2.0;
  viewport.centre_y = self->region.y + self->region.height / 2.0;
  shared = mg_shared_scene_new (&self->scene);
  self->pending = mg_tile_request_new (shared, &viewport, &(MgRect){ 0, 0, viewport.width, viewport.height });
  self->pending->tile = self;
  mg_tile_worker_push (self->worker, self->pending);
}

static void
on_done (GPtrArray *requests,
         gpointer data)
{
  MgInsetView *self = data;

  for (guint i = 0; i < requests->len; i++)
    {
      MgTileRequest *done = requests->pdata[i];

      if (done != self->pending)
        continue;
      self->pending = NULL;
      g_clear_object (&self->texture);
      if (done->pixels != NULL)
        self->texture = gdk_memory_texture_new (done->rect.width, done->rect.height, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED,
                                                done->pixels, (gsize) done->rect.width * 4);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  if (self->pending == NULL && self->stale)
    request (self);
}

static void
draw_title (MgInsetView *self,
            GtkSnapshot *snapshot,
            float left,
            float top,
            float room)
{
  const GdkRGBA light = { 1, 1, 1, 0.95 }, back = { 0, 0, 0, 0.6 };
  GskRoundedRect box;
  int width, height;

  if (self->title == NULL)
    return;
  if (self->title_text == NULL)
    self->title_text = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->title);
  pango_layout_set_ellipsize (self->title_text, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (self->title_text, (int) MAX (0, room - 22) * PANGO_SCALE);
  pango_layout_get_pixel_size (self->title_text, &width, &height);
  gsk_rounded_rect_init_from_rect (&box, &GRAPHENE_RECT_INIT (left + 5, top + 5, width + 12, height + 4), 5);
  gtk_snapshot_push_rounded_clip (snapshot, &box);
  gtk_snapshot_append_color (snapshot, &back, &box.bounds);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (left + 11, top + 7));
  gtk_snapshot_append_layout (snapshot, self->title_text, &light);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
draw (MgInsetView *self,
      GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  int scale = gtk_widget_get_scale_factor (widget);
  float zoom = get_zoom (self) / scale;
  float width = roundf (self->region.width * zoom), height = roundf (self->region.height * zoom);
  float left = roundf ((gtk_widget_get_width (widget) - width) / 2), top = roundf ((gtk_widget_get_height (widget) - height) / 2);

  if (self->texture == NULL || self->scene.image == NULL || !(zoom > 0))
    return;
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (left, top, width, height));
  draw_title (self, snapshot, left, top, width);
  if (width < SMALLEST_PX || height < 2 * SMALLEST_PX)
    return;
  if (self->bar_text == NULL)
    self->bar_text = gtk_widget_create_pango_layout (widget, NULL);
  mg_scale_bar_snapshot (snapshot, self->bar_text, mg_image_get_info (mg_pyramid_get_image (self->scene.image)), zoom,
                         left + MARGIN + 2, top + height - MARGIN, MIN (BAR_PX, width / 2));
}

static void
mg_inset_view_snapshot (GtkWidget *widget,
                        GtkSnapshot *snapshot)
{
  mg_frame_trace_snapshot_begin ();
  draw (MG_INSET_VIEW (widget), snapshot);
  mg_frame_trace_snapshot_more ();
}

static void
mg_inset_view_size_allocate (GtkWidget *widget,
                             int width,
                             int height,
                             int baseline)
{
  request (MG_INSET_VIEW (widget));
}

static void
mg_inset_view_dispose (GObject *object)
{
  MgInsetView *self = MG_INSET_VIEW (object);

  if (self->pending != NULL)
    g_atomic_int_set (&self->pending->cancelled, TRUE);
  self->stale = FALSE;
  g_clear_pointer (&self->worker, mg_tile_worker_free);
  g_clear_pointer (&self->scene.image, mg_pyramid_unref);
  g_clear_object (&self->texture);
  g_clear_object (&self->title_text);
  g_clear_object (&self->bar_text);
  g_clear_pointer (&self->title, g_free);
  G_OBJECT_CLASS (mg_inset_view_parent_class)->dispose (object);
}

static void
mg_inset_view_class_init (MgInsetViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_inset_view_dispose;
  widget_class->snapshot = mg_inset_view_snapshot;
  widget_class->size_allocate = mg_inset_view_size_allocate;
  signals[ZOOM] = g_signal_new ("zoom", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[MOVED] = g_signal_new ("moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  gtk_widget_class_set_css_name (widget_class, "mgcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller,
           double dx,
           double dy,
           MgInsetView *self)
{
  g_signal_emit (self, signals[ZOOM], 0, pow (ZOOM_STEP, dy));
  return TRUE;
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               MgInsetView *self)
{
  self->drag_x = self->drag_y = 0;
}

/* Whole pixels of the image; what is left over counts with the next. */
static void
on_drag_update (GtkGestureDrag *gesture,
                double x,
                double y,
                MgInsetView *self)
{
  double zoom = get_zoom (self) / gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double dx = zoom > 0 ? trunc ((self->drag_x - x) / zoom) : 0, dy = zoom > 0 ? trunc ((self->drag_y - y) / zoom) : 0;

  if (dx == 0 && dy == 0)
    return;
  self->drag_x -= dx * zoom;
  self->drag_y -= dy * zoom;
  g_signal_emit (self, signals[MOVED], 0, dx, dy);
}

static void
mg_inset_view_init (MgInsetView *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->worker = mg_tile_worker_new (on_done, self);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grab");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), "Turn the wheel for a larger or smaller region, drag to move it");
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

/**
 * mg_inset_view_set_image:
 * @self: an inset
 * @pyramid: (nullable): the image; %NULL: the inset is not to be seen
 * @title: (nullable): what it is
 * @channels: (array length=n_channels): how its channels are shown
 * @z: slice
 * @t: time point
 */
void
mg_inset_view_set_image (MgInsetView *self,
                         MgPyramid *pyramid,
                         const char *title,
                         const MgChannelView *channels,
                         int n_channels,
                         int z,
                         int t)
{
  g_autofree char *name = g_strdup_printf ("Region of %s, magnified", title != NULL ? title : "nothing");

  if (pyramid != NULL)
    mg_pyramid_ref (pyramid);
  else
    g_clear_object (&self->texture);
  g_clear_pointer (&self->scene.image, mg_pyramid_unref);
  self->scene = (MgScene){ .image = pyramid, .n_channels = MIN (n_channels, MG_VIEW_MAX_CHANNELS) };
  for (int c = 0; c < self->scene.n_channels; c++)
    self->scene.channels[c] = channels[c];
  if (pyramid != NULL)
    {
      const MgImageInfo *info = mg_image_get_info (mg_pyramid_get_image (pyramid));

      self->scene.z = MIN (z, info->n_z - 1);
      self->scene.t = MIN (t, info->n_t - 1);
      self->scene.n_channels = MIN (self->scene.n_channels, info->n_channels);
    }
  if (g_strcmp0 (title, self->title) != 0)
    g_clear_object (&self->title_text);
  g_free (self->title);
  self->title = g_strdup (title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), pyramid != NULL);
  request (self);
}

/**
 * mg_inset_view_set_region:
 * @self: an inset
 * @region: which part of the image is magnified
 */
void
mg_inset_view_set_region (MgInsetView *self,
                          const MgRect *region)
{
  self->region = *region;
  request (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
