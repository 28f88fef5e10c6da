# Leakline's one look at a Windows host. Read by Windows PowerShell 3 and newer; writes nothing, needs nothing installed. ASCII only.
# Answer: "leakline.windows/1 NONCE", then sections that begin with a line "@NONCE name [words]", as the POSIX probe's.
$ErrorActionPreference = 'Continue'
$ProgressPreference = 'SilentlyContinue'
$out = [Console]::OpenStandardOutput()
$utf8 = New-Object Text.UTF8Encoding $false
# Bytes, not Write-Output: no width of a console wraps them, and no code page changes them.
function Say([string]$line) { $bytes = $utf8.GetBytes($line + "`n"); $out.Write($bytes, 0, $bytes.Length) }
function Cell($value) { '"' + ([string]$value).Replace('"', '""') + '"' }
function Now { [long]([DateTime]::UtcNow - [DateTime]'1970-01-01').TotalMilliseconds }
function Part([string]$words) { Say "@$nonce $words" }
function Failed([string]$what, $problem) { Part ('failed ' + $what + ' ' + ($problem.Exception.Message -replace '\s+', ' ')) }
$nonce = [guid]::NewGuid().ToString()
$begin = [Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime.TotalMilliseconds
Say "leakline.windows/1 $nonce"
Part ('system ' + [Environment]::OSVersion.VersionString)
Part ('hostname ' + [Environment]::MachineName)
try {
  $me = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
  Part ('administrator ' + $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator))
} catch { Failed 'administrator' $_ }

Part ('clock sockets ' + (Now))
$rows = $null
try { $rows = @(Get-NetTCPConnection -ErrorAction Stop) } catch { Failed 'sockets' $_ }
if ($null -ne $rows) {
  Part 'sockets get-nettcpconnection'
  Say '"LocalAddress","LocalPort","RemoteAddress","RemotePort","State","OwningProcess","CreationTime"'
  foreach ($row in $rows) {
    $made = ''
    if ($null -ne $row.CreationTime) { $made = $row.CreationTime.ToUniversalTime().ToString('o') }
    Say ((Cell $row.LocalAddress), (Cell $row.LocalPort), (Cell $row.RemoteAddress), (Cell $row.RemotePort), (Cell $row.State), (Cell $row.OwningProcess), (Cell $made) -join ',')
  }
  Part 'status 0'
} else {
  Part 'sockets netstat'
  try { netstat -ano | ForEach-Object { Say $_ }; Part ('status ' + $LASTEXITCODE) } catch { Failed 'netstat' $_ }
}

Part 'processes'
try {
  Get-CimInstance Win32_Process -ErrorAction Stop | ForEach-Object {
    $started = $null
    if ($null -ne $_.CreationDate) { $started = [long]($_.CreationDate.ToUniversalTime() - [DateTime]'1970-01-01').TotalMilliseconds }
    Say (New-Object PSObject -Property @{ pid = $_.ProcessId; parent = $_.ParentProcessId; name = $_.Name; exe = $_.ExecutablePath; command = $_.CommandLine; started = $started; threads = $_.ThreadCount; handles = $_.HandleCount } | ConvertTo-Json -Compress)
  }
} catch { Failed 'processes' $_ }

Part 'addresses'
try { Get-NetIPAddress -ErrorAction Stop | ForEach-Object { Say ([string]$_.IPAddress) } } catch { Failed 'addresses' $_ }
try {
  $range = Get-NetTCPSetting -ErrorAction Stop | Where-Object { $_.DynamicPortRangeNumberOfPorts -gt 0 } | Select-Object -First 1
  if ($null -ne $range) { Part ('ports ' + $range.DynamicPortRangeStartPort + ' ' + $range.DynamicPortRangeNumberOfPorts) }
} catch { Failed 'ports' $_ }
Part 'hosts'
try { Get-Content -ErrorAction Stop -Path ($env:SystemRoot + '\System32\drivers\etc\hosts') | ForEach-Object { Say $_ } } catch { Failed 'hosts' $_ }
Part ('cpu ' + [long]([Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime.TotalMilliseconds - $begin))
Part 'end'
$out.Flush()
