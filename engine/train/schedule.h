#pragma once

#include <glib.h>

double mg_schedule_rate (double peak,
                         double warmup,
                         double fraction);
double mg_schedule_warmup (double warmup,
                           gint64 n_steps);
void mg_schedule_hyper (double rate,
                        double weight_decay,
                        gint64 step,
                        float hyper[8]);
