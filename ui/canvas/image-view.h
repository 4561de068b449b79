#pragma once

#include <gtk/gtk.h>

#include "canvas/view-tiles.h"
#include "view/viewport.h"

/* What a held button does. */
typedef enum
{
  MG_DRAG_NONE,
  MG_DRAG_PAN,
  MG_DRAG_TOOL, /* what the view is for */
} MgDrag;

/* What moves by itself */
typedef struct
{
  guint tick;                /* 0: nothing */
  gint64 at;                 /* frame time of the last step */
  double zoom;               /* where a glide goes, 0: none */
  double anchor_x, anchor_y; /* device pixels: what stays where it is */
  double image_x, image_y;   /* what of the image stays there */
  double speed_x, speed_y;   /* device pixels a second */
} MgViewMotion;

typedef struct _MgImageView MgImageView;
typedef struct _MgImageViewClass MgImageViewClass;

/* A widget that shows an image by tiles, in which one zooms and pans: by wheel,
 * touchpad, pinch, middle button or Space, with inertia. What is drawn, and what
 * the other buttons do, is its subclass's.
 *
 * Properties: "zoom" (device pixels an image pixel, read only).
 * Signals: "hover" (double x, double y, gboolean inside): the pointer's place
 * in the image; "viewport-changed".
 *
 * The fields are there for subclasses, which change view, fit and drag only
 * between an _mg_image_view_rest() and an _mg_image_view_changed(). */
struct _MgImageView
{
  GtkWidget parent_instance;

  MgViewport view; /* of one pane */
  gboolean fit;    /* keep the whole image in view when the size changes */
  int scale;       /* device pixels a logical one */

  MgDrag drag;
  double pointer_x, pointer_y; /* device pixels */
  double press_x, press_y;     /* of the last press; where a pan last was */
  gboolean pointer_inside, space_held;
  int n_press;        /* 2: second press of a double click */
  guint32 press_time; /* of the last press, to count them */

  double pinch_zoom, pinch_x, pinch_y; /* zoom, and place in the image, that a pinch began with */
  MgViewMotion motion;
};

/* What subclasses do; those from press on may be NULL. */
struct _MgImageViewClass
{
  GtkWidgetClass parent_class;

  /* its tile sets, one after the other; NULL after the last */
  MgViewTiles *(*get_tiles) (MgImageView *self, guint i);
  void (*draw) (MgImageView *self, GtkSnapshot *snapshot);
  void (*set_cursor) (MgImageView *self); /* where nothing is panned */

  /* a button other than the middle one; FALSE: nothing is in hand then */
  gboolean (*press) (MgImageView *self, GtkGesture *gesture);
  void (*move) (MgImageView *self, GtkGesture *gesture);
  void (*release) (MgImageView *self, GtkGesture *gesture);
  void (*cancel) (MgImageView *self);                         /* what is in hand, as if it had never begun */
  void (*pointer_moved) (MgImageView *self, GdkEvent *event); /* also with nothing in hand, or away */
  /* FALSE: the view zooms or pans */
  gboolean (*scroll) (MgImageView *self, GdkModifierType state, double dx, double dy);

  /* of views with panes, device pixels: how wide one is, and where the one under x begins */
  int (*get_pane_width) (MgImageView *self, int width);
  int (*get_pane_offset) (MgImageView *self, double x);
};

#define MG_TYPE_IMAGE_VIEW (mg_image_view_get_type ())
GType mg_image_view_get_type (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgImageView, g_object_unref)
#define MG_IMAGE_VIEW(object)           (G_TYPE_CHECK_INSTANCE_CAST ((object), MG_TYPE_IMAGE_VIEW, MgImageView))
#define MG_IMAGE_VIEW_CLASS(klass)      (G_TYPE_CHECK_CLASS_CAST ((klass), MG_TYPE_IMAGE_VIEW, MgImageViewClass))
#define MG_IMAGE_VIEW_GET_CLASS(object) (G_TYPE_INSTANCE_GET_CLASS ((object), MG_TYPE_IMAGE_VIEW, MgImageViewClass))

void mg_image_view_zoom_step (MgImageView *self,
                              int direction);
void mg_image_view_zoom_to (MgImageView *self,
                            double zoom);
void mg_image_view_zoom_fit (MgImageView *self);
void mg_image_view_centre_on (MgImageView *self,
                              double x,
                              double y);
gboolean mg_image_view_get_place (MgImageView *self,
                                  double *zoom,
                                  double *x,
                                  double *y);
void mg_image_view_set_place (MgImageView *self,
                              double zoom,
                              double x,
                              double y);
gboolean mg_image_view_abandon (MgImageView *self);
void mg_image_view_visible_rect (MgImageView *self,
                                 MgRect *rect);
void mg_image_view_to_widget (MgImageView *self,
                              double image_x,
                              double image_y,
                              double *x,
                              double *y);

/* for subclasses */
void _mg_image_view_set_image_size (MgImageView *self,
                                    int width,
                                    int height);
void _mg_image_view_resize (MgImageView *self);
void _mg_image_view_changed (MgImageView *self);
void _mg_image_view_renew_hover (MgImageView *self);
void _mg_image_view_get_origin (MgImageView *self,
                                int *x,
                                int *y);
void _mg_image_view_get_pointer (MgImageView *self,
                                 double *x,
                                 double *y);
void _mg_image_view_update_cursor (MgImageView *self);
GdkEvent *_mg_image_view_get_event (GtkGesture *gesture);

/* within it: input and motion */
void _mg_image_view_input_init (MgImageView *self);
void _mg_image_view_emit_hover (MgImageView *self);
void _mg_image_view_rest (MgImageView *self);
double _mg_image_view_get_target_zoom (MgImageView *self);
void _mg_image_view_glide_to (MgImageView *self,
                              double zoom,
                              double x,
                              double y);
void _mg_image_view_push (MgImageView *self,
                          double speed_x,
                          double speed_y);
void _mg_image_view_drag_by (MgImageView *self,
                             double dx,
                             double dy);
void _mg_image_view_let_go (MgImageView *self);
