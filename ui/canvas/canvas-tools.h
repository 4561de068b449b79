#pragma once

#include "canvas/canvas-private.h"

/* Where the pointer is, for a tool. */
typedef struct
{
  double x, y;     /* in the image */
  double pressure; /* of a pen, 0 … 1; 1 of a mouse */
  GdkModifierType state;
  int n_press; /* 2: second click of a double click */
} MgToolEvent;

/* What a tool does between press and release. All but press may be NULL. */
typedef struct
{
  const char *cursor; /* a CSS name, or that of a picture in the resources */
  gboolean own_cursor;
  gboolean paints;                                              /* with a round brush: its outline is the cursor */
  gboolean (*press) (MgCanvas *self, const MgToolEvent *event); /* FALSE: nothing is in hand then */
  void (*move) (MgCanvas *self, const MgToolEvent *event);
  void (*release) (MgCanvas *self, const MgToolEvent *event);
  void (*cancel) (MgCanvas *self);
  void (*draw) (MgCanvas *self, GtkSnapshot *snapshot);
  const char *(*get_cursor) (MgCanvas *self); /* where it depends on what is under the pointer */
} MgToolClass;

extern const MgToolClass _mg_tool_select;
extern const MgToolClass _mg_tool_stroke;
extern const MgToolClass _mg_tool_fill;
extern const MgToolClass _mg_tool_lasso;
extern const MgToolClass _mg_tool_wand;
extern const MgToolClass _mg_tool_merge;
extern const MgToolClass _mg_tool_cut;
extern const MgToolClass _mg_tool_region;

const MgToolClass *_mg_canvas_tool_class (MgCanvas *self);
void _mg_tool_make_stroke (MgCanvas *self,
                           const MgToolEvent *event,
                           MgStroke *stroke);
gboolean _mg_tool_box_press (MgCanvas *self,
                             const MgToolEvent *event);
void _mg_tool_box_move (MgCanvas *self,
                        const MgToolEvent *event);
void _mg_tool_box_cancel (MgCanvas *self);
gboolean _mg_tool_box_take (MgCanvas *self,
                            MgRect *box);
void _mg_tool_box_draw (MgCanvas *self,
                        GtkSnapshot *snapshot,
                        const GdkRGBA *inside);

/* drawing, in the widget's coordinates */
void _mg_tool_to_widget (MgCanvas *self,
                         const MgRect *rect,
                         graphene_rect_t *out);
void _mg_tool_draw_frame (GtkSnapshot *snapshot,
                          const graphene_rect_t *rect,
                          const GdkRGBA *colour);
void _mg_tool_draw_path (MgCanvas *self,
                         GtkSnapshot *snapshot,
                         gboolean closed);
