#include "compositor.h"

#include <poll.h>
#include <sys/socket.h>
#include <wayland-server.h>

#include "pointer-gestures-unstable-v1-server-protocol.h"
#include "tablet-unstable-v2-server-protocol.h"
#include "xdg-shell-server-protocol.h"

#define WIDTH    1200
#define HEIGHT   800
#define FRAME_MS 16

/* All of it, held by the lock where it is used. */
static GMutex lock;
static struct wl_display *display;
static struct wl_resource *surface; /* of the window */
static struct wl_resource *pointer, *touch, *pinch, *tablet, *tools[2];
static GQueue frames = G_QUEUE_INIT; /* of wl_callback: who waits to draw again */
static guint32 serial;

static guint32
now_ms (void)
{
  return (guint32) (g_get_monotonic_time () / 1000);
}

static int dispatch (const void *implementation,
                     void *target,
                     uint32_t opcode,
                     const struct wl_message *message,
                     union wl_argument *args);

static struct wl_resource *
create (struct wl_client *client,
        const struct wl_interface *interface,
        int version,
        guint32 id)
{
  struct wl_resource *resource = wl_resource_create (client, interface, version, id);

  wl_resource_set_dispatcher (resource, dispatch, NULL, NULL, NULL);
  return resource;
}

static void
on_surface_destroyed (struct wl_resource *resource)
{
  if (surface == resource)
    surface = NULL;
}

static void
add_window (struct wl_resource *xdg_surface,
            struct wl_resource *toplevel)
{
  struct wl_resource *window = wl_resource_get_user_data (xdg_surface);
  struct wl_array states;

  if (surface == NULL)
    {
      surface = window;
      wl_resource_set_dispatcher (window, dispatch, NULL, NULL, on_surface_destroyed);
    }
  wl_array_init (&states);
  *(guint32 *) wl_array_add (&states, sizeof (guint32)) = XDG_TOPLEVEL_STATE_MAXIMIZED;
  *(guint32 *) wl_array_add (&states, sizeof (guint32)) = XDG_TOPLEVEL_STATE_ACTIVATED;
  xdg_toplevel_send_configure (toplevel, WIDTH, HEIGHT, &states);
  xdg_surface_send_configure (xdg_surface, ++serial);
  wl_array_release (&states);
}

static void
add_pen (struct wl_resource *seat)
{
  struct wl_client *client = wl_resource_get_client (seat);

  tablet = create (client, &zwp_tablet_v2_interface, 1, 0);
  zwp_tablet_seat_v2_send_tablet_added (seat, tablet);
  zwp_tablet_v2_send_name (tablet, "tablet");
  zwp_tablet_v2_send_done (tablet);
  for (int i = 0; i < 2; i++)
    {
      tools[i] = create (client, &zwp_tablet_tool_v2_interface, 1, 0);
      zwp_tablet_seat_v2_send_tool_added (seat, tools[i]);
      zwp_tablet_tool_v2_send_type (tools[i], i == COMPOSITOR_PEN ? ZWP_TABLET_TOOL_V2_TYPE_PEN : ZWP_TABLET_TOOL_V2_TYPE_ERASER);
      zwp_tablet_tool_v2_send_hardware_serial (tools[i], 0, 7);
      zwp_tablet_tool_v2_send_capability (tools[i], ZWP_TABLET_TOOL_V2_CAPABILITY_PRESSURE);
      zwp_tablet_tool_v2_send_done (tools[i]);
    }
}

/* Something was made at the program's wish. */
static void
on_new (struct wl_resource *by,
        struct wl_resource *made,
        union wl_argument *args)
{
  const char *is = wl_resource_get_class (made);

  if (g_str_equal (is, "wl_callback"))
    g_queue_push_tail (&frames, made);
  else if (g_str_equal (is, "wl_pointer"))
    pointer = made;
  else if (g_str_equal (is, "wl_touch"))
    touch = made;
  else if (g_str_equal (is, "zwp_pointer_gesture_pinch_v1"))
    pinch = made;
  else if (g_str_equal (is, "zwp_tablet_seat_v2"))
    add_pen (made);
  else if (g_str_equal (is, "xdg_surface"))
    wl_resource_set_user_data (made, args[1].o);
  else if (g_str_equal (is, "xdg_toplevel"))
    add_window (by, made);
  else if (g_str_equal (is, "xdg_popup"))
    {
      xdg_popup_send_configure (made, 0, 0, 100, 100);
      xdg_surface_send_configure (by, ++serial);
    }
}

/* What the program asks for: things are made and destroyed, a buffer is given back
 * at once, and all else is ignored. */
static int
dispatch (const void *implementation,
          void *target,
          uint32_t opcode,
          const struct wl_message *message,
          union wl_argument *args)
{
  int i = 0;

  if (g_str_equal (message->name, "destroy") || g_str_equal (message->name, "release"))
    wl_resource_destroy (target);
  else if (g_str_equal (message->name, "attach") && args[0].o != NULL)
    wl_buffer_send_release ((struct wl_resource *) args[0].o);
  else
    for (const char *type = message->signature; *type != '\0'; type++)
      if (g_ascii_isalpha (*type))
        {
          if (*type == 'n')
            on_new (target, create (wl_resource_get_client (target), message->types[i], wl_resource_get_version (target), args[i].n), args);
          i++;
        }
  return 0;
}

static void
bind_any (struct wl_client *client,
          void *data,
          uint32_t version,
          uint32_t id)
{
  struct wl_resource *made = create (client, data, (int) version, id);

  if (data == &wl_seat_interface)
    wl_seat_send_capabilities (made, WL_SEAT_CAPABILITY_POINTER | WL_SEAT_CAPABILITY_TOUCH);
  if (data == &wl_output_interface)
    {
      wl_output_send_geometry (made, 0, 0, 300, 200, WL_OUTPUT_SUBPIXEL_NONE, "none", "none", WL_OUTPUT_TRANSFORM_NORMAL);
      wl_output_send_mode (made, WL_OUTPUT_MODE_CURRENT, WIDTH, HEIGHT, 60000);
      wl_output_send_done (made);
    }
}

static void
let_draw (void)
{
  struct wl_resource *callback;

  while ((callback = g_queue_pop_head (&frames)) != NULL)
    {
      wl_callback_send_done (callback, now_ms ());
      wl_resource_destroy (callback);
    }
}

static gpointer
run (gpointer data)
{
  struct wl_event_loop *loop = wl_display_get_event_loop (display);
  struct pollfd wait = { .fd = wl_event_loop_get_fd (loop), .events = POLLIN };
  gint64 drawn = 0;

  for (;;)
    {
      poll (&wait, 1, FRAME_MS);
      g_mutex_lock (&lock);
      wl_event_loop_dispatch (loop, 0);
      if (now_ms () - drawn >= FRAME_MS)
        {
          let_draw ();
          drawn = now_ms ();
        }
      wl_display_flush_clients (display);
      g_mutex_unlock (&lock);
    }
  return NULL;
}

void
compositor_start (void)
{
  static const struct
  {
    const struct wl_interface *interface;
    int version;
  } globals[] = {
    { &wl_compositor_interface, 4 },
    { &wl_subcompositor_interface, 1 },
    { &wl_data_device_manager_interface, 3 },
    { &wl_output_interface, 2 },
    { &wl_seat_interface, 5 },
    { &xdg_wm_base_interface, 3 },
    { &zwp_tablet_manager_v2_interface, 1 },
    { &zwp_pointer_gestures_v1_interface, 1 },
  };
  g_autofree char *end = NULL;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  display = wl_display_create ();
  wl_display_init_shm (display);
  for (gsize i = 0; i < G_N_ELEMENTS (globals); i++)
    wl_global_create (display, globals[i].interface, globals[i].version, (void *) globals[i].interface, bind_any);
  g_assert_nonnull (wl_client_create (display, ends[0]));
  end = g_strdup_printf ("%d", ends[1]);
  g_setenv ("WAYLAND_SOCKET", end, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", g_get_tmp_dir (), FALSE); /* GTK looks for no compositor without */
  g_setenv ("GDK_BACKEND", "wayland", TRUE);
  g_thread_unref (g_thread_new ("compositor", run, NULL));
}

static void
begin (const void *device)
{
  g_mutex_lock (&lock);
  g_assert_nonnull (device);
  g_assert_nonnull (surface);
}

static void
end (void)
{
  wl_display_flush_clients (display);
  g_mutex_unlock (&lock);
}

void
compositor_touch_down (int finger,
                       double x,
                       double y)
{
  begin (touch);
  wl_touch_send_down (touch, ++serial, now_ms (), surface, finger, wl_fixed_from_double (x), wl_fixed_from_double (y));
  wl_touch_send_frame (touch);
  end ();
}

void
compositor_touch_move (int finger,
                       double x,
                       double y)
{
  begin (touch);
  wl_touch_send_motion (touch, now_ms (), finger, wl_fixed_from_double (x), wl_fixed_from_double (y));
  wl_touch_send_frame (touch);
  end ();
}

void
compositor_touch_up (int finger)
{
  begin (touch);
  wl_touch_send_up (touch, ++serial, now_ms (), finger);
  wl_touch_send_frame (touch);
  end ();
}

void
compositor_pointer_move (double x,
                         double y)
{
  begin (pointer);
  wl_pointer_send_enter (pointer, ++serial, surface, wl_fixed_from_double (x), wl_fixed_from_double (y));
  wl_pointer_send_motion (pointer, now_ms (), wl_fixed_from_double (x), wl_fixed_from_double (y));
  wl_pointer_send_frame (pointer);
  end ();
}

void
compositor_pinch_begin (void)
{
  begin (pinch);
  zwp_pointer_gesture_pinch_v1_send_begin (pinch, ++serial, now_ms (), surface, 2);
  end ();
}

void
compositor_pinch (double scale)
{
  begin (pinch);
  zwp_pointer_gesture_pinch_v1_send_update (pinch, now_ms (), 0, 0, wl_fixed_from_double (scale), 0);
  end ();
}

void
compositor_pinch_end (void)
{
  begin (pinch);
  zwp_pointer_gesture_pinch_v1_send_end (pinch, ++serial, now_ms (), 0);
  end ();
}

static void
place_pen (CompositorTool tool,
           double x,
           double y,
           double pressure)
{
  zwp_tablet_tool_v2_send_motion (tools[tool], wl_fixed_from_double (x), wl_fixed_from_double (y));
  zwp_tablet_tool_v2_send_pressure (tools[tool], (guint32) (pressure * 65535));
}

void
compositor_pen_down (CompositorTool tool,
                     double x,
                     double y,
                     double pressure)
{
  begin (tools[tool]);
  zwp_tablet_tool_v2_send_proximity_in (tools[tool], ++serial, tablet, surface);
  place_pen (tool, x, y, 0);
  zwp_tablet_tool_v2_send_frame (tools[tool], now_ms ());
  place_pen (tool, x, y, pressure);
  zwp_tablet_tool_v2_send_down (tools[tool], ++serial);
  zwp_tablet_tool_v2_send_frame (tools[tool], now_ms ());
  end ();
}

void
compositor_pen_move (CompositorTool tool,
                     double x,
                     double y,
                     double pressure)
{
  begin (tools[tool]);
  place_pen (tool, x, y, pressure);
  zwp_tablet_tool_v2_send_frame (tools[tool], now_ms ());
  end ();
}

void
compositor_pen_up (CompositorTool tool)
{
  begin (tools[tool]);
  zwp_tablet_tool_v2_send_up (tools[tool]);
  zwp_tablet_tool_v2_send_frame (tools[tool], now_ms ());
  zwp_tablet_tool_v2_send_proximity_out (tools[tool]);
  zwp_tablet_tool_v2_send_frame (tools[tool], now_ms ());
  end ();
}
