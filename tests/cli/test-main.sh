# The main job, and every command once.

run 'help' 0 'micrographia-cli COMMAND' "$cli" --help
run 'no command is wrong usage' 2 'COMMAND' "$cli"
refused 'unknown command' 2 'nonsense' 'help' "$cli" nonsense
for command in devices info sample train predict evaluate measure export import bench; do
  run "$command --help" 0 "micrographia-cli $command" "$cli" $command --help
  refused "$command with an unknown option" 2 '--nonsense' 'help' "$cli" $command --nonsense
done
run 'version' 0 '^micrographia-cli [0-9]' "$cli" --version

run 'devices' 0 '^cpu' "$cli" devices
run 'devices --json' 0 '"id" : "cpu"' "$cli" devices --json
refused 'a device that is not there' 1 '99' 'Vulkan' "$cli" bench --network tiny --device vulkan:99

run 'sample' 0 '4 images' "$cli" sample project --images 4 --size 96
run 'sample for denoising' 0 '2 images' "$cli" sample noisy --images 2 --size 64 --task denoise
check 'the sample has its folders' test -d project/images -a -d project/labels -a -d project/test/images -a -d noisy/clean
"$cli" sample project2 --images 4 --size 96 -q >out 2>err
check 'the same seed gives the same sample' cmp project/images/cells-001.tif project2/images/cells-001.tif
run 'info' 0 '96 × 96 pixels, 1 channels' "$cli" info project/images/cells-001.tif
run 'info --digest' 0 'digest: [0-9a-f]{64}$' "$cli" info --digest project/images/cells-001.tif
run 'info --json' 0 '"pixel_width"' "$cli" info --json project/images/cells-001.tif project/labels/cells-001.tif

run 'train' 0 'validation: AP' "$cli" train --images project/images --labels project/labels --out model.safetensors \
  --steps 60 --log log.jsonl $small
check 'the log has a line a step' test "$(grep -c '"loss":[0-9]' log.jsonl)" -eq 60
run 'train again' 0 '"steps" : 60' "$cli" train --images project/images --labels project/labels --out again.safetensors \
  --steps 60 --json -q $small
check 'the same seed gives the same model' cmp model.safetensors again.safetensors
run 'train from a model' 0 'trained: 2 steps' "$cli" train --images project/images --labels project/labels \
  --start-from model.safetensors --out more.safetensors --steps 2 --patch 64 --batch 2 --device cpu
run 'train with images to validate on' 0 'validation: AP' "$cli" train --images project/images --labels project/labels \
  --validation-images project/test/images --validation-labels project/test/labels --out v.safetensors --steps 2 $small

run 'predict' 0 'cells-005.tif: [0-9]+ cells' "$cli" predict --model model.safetensors --images project/test/images --out predicted
check 'predictions have the images names' same_files predicted 'cells-005.tif cells-006.tif '
run 'predict files with maps' 0 '"instances"' "$cli" predict --model model.safetensors --out with-maps --maps --json \
  --device cpu --tile 64 --threshold 0.4 project/test/images/cells-005.tif project/test/images/cells-006.tif
check 'maps are in a folder of their own' same_files with-maps/maps 'cells-005.tif cells-006.tif '
run 'pixel size is kept' 0 'pixel size: 0.325' "$cli" info predicted/cells-005.tif
run 'evaluate' 0 '^0.50 ' "$cli" evaluate --predicted predicted --truth project/test/labels
run 'evaluate --json' 0 '"mean_over_images"' "$cli" evaluate --predicted predicted --truth project/test/labels --json
run 'the truth against itself is perfect' 0 '"mean_ap" : 1(\.0)?,?$' "$cli" evaluate --predicted project/labels --truth project/labels --json
run 'evaluate restored images' 0 '"fitted"' "$cli" evaluate --kind denoise --predicted noisy/images --truth noisy/clean --json
run 'train care' 0 'validation: PSNR' "$cli" train --recipe care --images noisy/images --clean noisy/clean --out care.safetensors \
  --steps 4 $small
run 'restore with care' 0 'cells-003.tif' "$cli" predict --model care.safetensors --images noisy/test/images --out restored --device cpu
check 'restored images have the images names' same_files restored 'cells-003.tif '
run 'the pixel size of restored images is kept' 0 'pixel size: 0.325' "$cli" info restored/cells-003.tif
run 'what was removed is said' 0 '"verdict"' "$cli" evaluate --kind denoise --predicted restored --truth noisy/test/clean \
  --noisy noisy/test/images --json
run 'train n2v' 0 'trained: 4 steps' "$cli" train --recipe n2v --images noisy/images --out n2v.safetensors --steps 4 --blind-x 2 $small
check 'the noise is spoken of before training' sh -c 'head -1 out | grep -q "^noise: .*blind spots of"'
check 'pixels never learned from are spoken of' grep -q '^held out: PSNR in dB .*Gaussian filter' out
run 'train n2v2' 0 '"gaussian_held_out_psnr"' "$cli" train --recipe n2v --n2v2 --no-posterior --images noisy/images \
  --out n2v2.safetensors --steps 4 --blind-share 0.1 --log n2v2.jsonl --json $small
check 'the log has the filter beside the score' test "$(grep -c '"validation_score":[0-9].*"gaussian_held_out_psnr":[0-9]' n2v2.jsonl)" -ge 1
run 'restore with n2v2' 0 'cells-003.tif' "$cli" predict --model n2v2.safetensors --images noisy/test/images --out restored2 --device cpu
run 'single-pixel patterns are measured' 0 '"checkerboard_after" : [0-9]' "$cli" evaluate --kind denoise --predicted restored2 \
  --noisy noisy/test/images --json
run 'restore with n2v as floats' 0 'cells-003.tif' "$cli" predict --model n2v.safetensors --images noisy/test/images --out floats \
  --float --device cpu
run 'floats are written' 0 'float' "$cli" info floats/cells-003.tif
run 'train care with every option' 0 'validation: PSNR' "$cli" train --recipe care --images noisy/images --clean noisy/clean \
  --out unsure.safetensors --steps 4 --probabilistic --channels each --normalize mean-std $small
run 'restore with uncertainty, looking in all directions' 0 'cells-003.tif' "$cli" predict --model unsure.safetensors \
  --images noisy/test/images --out unsure --uncertainty --augment --device cpu
check 'the results are alone in their folder' same_files unsure 'cells-003.tif uncertainty '
check 'the uncertainty is named after the image' same_files unsure/uncertainty 'cells-003_uncertainty.tif '
run 'the uncertainty is in floats of the same pixel size' 0 'float' "$cli" info unsure/uncertainty/cells-003_uncertainty.tif
check 'and pixel size' grep -q 'pixel size: 0.325' out
run 'predict cells looking in all directions' 0 'cells-005.tif: [0-9]+ cells' "$cli" predict --model model.safetensors \
  --images project/test/images/cells-005.tif --out turned --augment --device cpu
for filter in gaussian median nlm; do
  run "restore with $filter" 0 "$filter of strength" "$cli" predict --classical $filter --images noisy/test/images --out with-$filter
done
refused 'an unknown filter' 2 'wiener' 'gaussian' "$cli" predict --classical wiener --images noisy/images --out wiener
refused 'uncertainty of a model that knows none' 2 'care.safetensors' '--probabilistic' "$cli" predict --model care.safetensors \
  --images noisy/test/images --out never --uncertainty
refused 'n2v with a distribution' 2 'n2v' '--probabilistic' "$cli" train --recipe n2v --images noisy/images --out never.safetensors --probabilistic
refused 'segmentation channel by channel' 2 'boundary' '--channels' "$cli" train --images project/images --labels project/labels \
  --out never.safetensors --channels each
refused 'an unknown way to normalise' 2 'minmax' 'percentile, mean-std' "$cli" train --recipe n2v --images noisy/images \
  --out never.safetensors --normalize minmax
refused 'care without clean images' 2 'pairs' '--clean' "$cli" train --recipe care --images noisy/images --out never.safetensors
run 'measure' 0 'rows' "$cli" measure --labels predicted --images project/test/images --out table.csv
check 'the table has a row an instance' test "$(wc -l <table.csv)" -gt 1
run 'export an overlay' 0 'picture' "$cli" export --labels predicted --images project/test/images --format overlay --out overlays
check 'the overlay is a PNG' grep -q PNG overlays/cells-005.png
run 'export labels' 0 'picture' "$cli" export --labels predicted/cells-005.tif --format png --out labels.png
check 'the labels are a PNG' grep -q PNG labels.png
run 'bench --json' 0 '"train_step_s"' "$cli" bench --network tiny --device cpu --json

readelf -d "$cli" >out 2>err
check 'it needs libraries' grep -q NEEDED out
check 'no toolkit is linked' sh -c '! grep -iE "NEEDED.*(gtk|gdk|gsk|adw|pango)" out'
