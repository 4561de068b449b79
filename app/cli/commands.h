#pragma once

/* One function a command: argv[0] is its name; returns the exit status. */
int cli_bench (int argc, char **argv);
int cli_devices (int argc, char **argv);
int cli_evaluate (int argc, char **argv);
int cli_export (int argc, char **argv);
int cli_import (int argc, char **argv);
int cli_info (int argc, char **argv);
int cli_measure (int argc, char **argv);
int cli_predict (int argc, char **argv);
int cli_report (int argc, char **argv);
int cli_sample (int argc, char **argv);
int cli_train (int argc, char **argv);
