# Lets a double click on models and drawings open DigitLab, for this account alone.
# `file-types.ps1 -Remove` takes that away again.
param([switch]$Remove)
$program = Join-Path $PSScriptRoot "digitlab-window.exe"
$classes = "HKCU:\Software\Classes"
$types = @{ ".safetensors" = "DigitLab.Model"; ".onnx" = "DigitLab.Model"; ".jsonl" = "DigitLab.Drawings" }
$names = @{ "DigitLab.Model" = "DigitLab model"; "DigitLab.Drawings" = "Drawings of digits" }

foreach ($kind in $names.Keys) {
    if ($Remove) { Remove-Item -Recurse -Force -ErrorAction SilentlyContinue "$classes\$kind"; continue }
    New-Item -Force -Value $names[$kind] "$classes\$kind" | Out-Null
    New-Item -Force -Value "`"$program`",0" "$classes\$kind\DefaultIcon" | Out-Null
    New-Item -Force -Value "`"$program`" `"%1`"" "$classes\$kind\shell\open\command" | Out-Null
}
foreach ($ending in $types.Keys) {
    $key = "$classes\$ending\OpenWithProgids"
    if ($Remove) { Remove-ItemProperty -Path $key -Name $types[$ending] -ErrorAction SilentlyContinue; continue }
    New-Item -Force $key | Out-Null
    New-ItemProperty -Force -Path $key -Name $types[$ending] -Value "" | Out-Null
}
