# Figures and reports, after the main job; sourced by test-cli.sh.

figure="--images noisy/test/images/cells-003.tif --denoised restored/cells-003.tif"
for format in png tif svg pdf; do
  run "a figure as $format" 0 '3 panels' "$cli" export --format figure $figure --clean noisy/test/clean/cells-003.tif \
    --roi 20,20,32,24 --dpi 72 --width 127 --profile --out figure.$format
done
run 'the figure has the size that was asked for' 0 '360 × ' "$cli" info figure.png
check 'the SVG is well formed' python3 -c 'import xml.etree.ElementTree as t; t.parse("figure.svg")'
check 'its titles are text' grep -q '>denoised</text>' figure.svg
check 'the PDF ends' sh -c 'tail -c 6 figure.pdf | grep -q "%%EOF"'
run 'versions side by side' 0 '4 panels' "$cli" export --format figure $figure --denoised with-median/cells-003.tif \
  --denoised with-nlm/cells-003.tif --titles 'raw|network|median|means' --split 0.5 --beside --out several.svg
check 'titles as they were given' grep -q '>means</text>' several.svg
run 'with the difference' 0 '4 panels' "$cli" export --format figure $figure --clean noisy/test/clean/cells-003.tif --difference --profile \
  --out difference.svg
check 'the difference has a title' grep -q '>denoised − clean</text>' difference.svg
refused 'a figure of another format' 2 'figure.jpg' 'PNG' "$cli" export --format figure $figure --out figure.jpg
refused 'a figure without its denoised image' 2 'figure' '--denoised' "$cli" export --format figure --images noisy/test/images/cells-003.tif --out never.png
refused 'a region that is none' 2 '--roi' 'whole numbers' "$cli" export --format figure $figure --roi 1,2,3 --out never.png
refused 'a figure over its image' 2 'restored/cells-003.tif' 'replace' "$cli" export --format figure $figure --out restored/cells-003.tif
refused 'a figure of images that differ' 1 'cells-005' 'one image' "$cli" export --format figure --images noisy/test/images/cells-003.tif \
  --denoised project/test/images/cells-005.tif --out never.png
check 'no figure was left behind' test ! -e never.png

run 'maps and a table of restored images' 0 'simple filter' "$cli" evaluate --kind denoise --predicted with-median --truth noisy/test/clean \
  --noisy noisy/test/images --maps maps --csv scores.csv
check 'maps are named after the images' same_files maps 'cells-003-error.tif cells-003-removed.tif cells-003-ssim.tif '
run 'maps are floats of the images size' 0 '64 × 64 pixels, 1 channels.*(float|32)' sh -c '"$1" info maps/cells-003-ssim.tif | tr "\n" " "' sh "$cli"
check 'the table has a row an image' sh -c 'test "$(wc -l <scores.csv)" -eq 2 && grep -q "^image,noisy_psnr (dB),.*psnr_fitted" scores.csv'
run 'trust without clean images' 0 '^cells-003: noise .*residual' "$cli" evaluate --kind denoise --predicted restored --noisy noisy/test/images
run 'the same as JSON' 0 '"structure_share"' "$cli" evaluate --kind denoise --predicted restored --noisy noisy/test/images --json
refused 'restored images with nothing to compare' 2 'evaluate' 'noisy' "$cli" evaluate --kind denoise --predicted restored
refused 'maps of labels' 2 '--maps' 'denoise' "$cli" evaluate --predicted predicted --truth project/test/labels --maps never

has () { # FILE TEXT…: all of them
  local file=$1 text
  shift
  for text in "$@"; do grep -qF -- "$text" "$file" || return 1; done
}

check 'a model keeps the losses of its training' grep -q 'training_loss' model.safetensors
run 'a page on a model' 0 'report.pdf' "$cli" report --model model.safetensors --out report.pdf
check 'it is a PDF' sh -c 'head -c 5 report.pdf | grep -q %PDF && tail -c 6 report.pdf | grep -q "%%EOF"'
run 'with cells and labels' 0 'report.svg' "$cli" report --model model.safetensors --images project/test/images \
  --labels project/test/labels --name Nuclei --device cpu --out report.svg
check 'what is on it' has report.svg 'Model “Nuclei”' '>Learning curve<' '>For a Methods section<' '>Example: cells-005<' '>cells found<' 'Cells were segmented with Micrographia'
run 'a page on a model that restores' 0 'restore.svg' "$cli" report --model care.safetensors --images noisy/test/images \
  --clean noisy/test/clean --device cpu --out restore.svg
check 'what is on that' has restore.svg 'Images were denoised' '>denoised<' '>SSIM<' '>Residual<' '>clean<'
refused 'labels for a model that restores' 2 'care.safetensors' '--clean' "$cli" report --model care.safetensors --images noisy/test/images \
  --labels noisy/test/clean --out never.pdf
refused 'a page on no model' 1 'noisy/images/cells-001.tif' 'model' "$cli" report --model noisy/images/cells-001.tif --out never.pdf
run 'a page on restored images' 0 'cells-003' "$cli" evaluate --kind denoise --predicted with-median --truth noisy/test/clean \
  --noisy noisy/test/images --report scores.svg
check 'what is on it' has scores.svg '>Scores of “with-median”<' '>gaussian filter, mean of all images<' '>What was removed<' '>restored<' 'PSNR [dB]'
check 'no page was left behind' test ! -e never.pdf
