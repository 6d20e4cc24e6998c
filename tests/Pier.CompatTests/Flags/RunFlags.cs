namespace Pier.CompatTests.Flags;

/// <summary>Every flag of `docker run` and `docker create`. A flag that is missing here fails a test.</summary>
static class RunFlags
{
    static string Cat(string v1, string v2) => $"cat /sys/fs/cgroup/{v1} 2>/dev/null || cat /sys/fs/cgroup/{v2}";

    const string Windows = "is only supported on a Docker daemon running on windows";
    const string WindowsReason = "Windows only, as in Docker.";

    public static IReadOnlyList<FlagRow> All => [.. Process, .. Limits, .. Namespaces, .. Storage, .. Network, .. Client, .. Refused];

    static readonly FlagRow[] Process =
    [
        new("annotation", "--annotation", "org.example=one") { Field = "HostConfig.Annotations", Value = """{"org.example":"one"}""" },
        new("cap-add", "--cap-add", "SYS_TIME") { Field = "HostConfig.CapAdd", Value = """["CAP_SYS_TIME"]""", Probe = "grep CapEff /proc/self/status", Sees = "00000000aa0425fb" },
        new("cap-drop", "--cap-drop", "ALL") { Field = "HostConfig.CapDrop", Value = """["ALL"]""", Probe = "grep CapEff /proc/self/status", Sees = "0000000000000000" },
        new("domainname", "--domainname", "example.org") { Field = "Config.Domainname", Value = "\"example.org\"", Probe = "cat /proc/sys/kernel/domainname", Sees = "^example.org$" },
        new("entrypoint", "--entrypoint", "/bin/cat") { Field = "Config.Entrypoint", Value = """["/bin/cat"]""" },
        new("env", "-e", "A=b c") { Field = "Config.Env", Value = """["A=b c"]""", Probe = "echo \"<$A>\"", Sees = "<b c>" },
        new("env", "-e", "LANG_OF_THE_CLIENT") { Field = "Config.Env", Value = """["LANG_OF_THE_CLIENT=here"]""", Probe = "echo $LANG_OF_THE_CLIENT", Sees = "here" },
        new("group-add", "--group-add", "77") { Field = "HostConfig.GroupAdd", Value = """["77"]""", Probe = "id -G", Sees = "^0 77$" },
        new("health-cmd", "--health-cmd", "true") { Field = "Config.Healthcheck.Test", Value = """["CMD-SHELL","true"]""" },
        new("health-interval", "--health-interval", "5s", "--health-cmd", "true") { Field = "Config.Healthcheck.Interval", Value = "5000000000" },
        new("health-retries", "--health-retries", "4", "--health-cmd", "true") { Field = "Config.Healthcheck.Retries", Value = "4" },
        new("health-start-interval", "--health-start-interval", "2s", "--health-cmd", "true") { Field = "Config.Healthcheck.StartInterval", Value = "2000000000" },
        new("health-start-period", "--health-start-period", "1m", "--health-cmd", "true") { Field = "Config.Healthcheck.StartPeriod", Value = "60000000000" },
        new("health-timeout", "--health-timeout", "3s", "--health-cmd", "true") { Field = "Config.Healthcheck.Timeout", Value = "3000000000" },
        new("no-healthcheck", "--no-healthcheck") { Field = "Config.Healthcheck.Test", Value = """["NONE"]""" },
        new("hostname", "--hostname", "box") { Field = "Config.Hostname", Value = "\"box\"", Probe = "hostname; cat /etc/hostname", Sees = "^box\nbox$" },
        new("init", "--init") { Field = "HostConfig.Init", Value = "true", Probe = "cat /proc/1/cmdline | tr '\\0' ' '", Sees = "^/sbin/docker-init -- " },
        new("label", "-l", "a=b") { Field = "Config.Labels", Value = """{"a":"b"}""" },
        new("oom-score-adj", "--oom-score-adj", "300") { Field = "HostConfig.OomScoreAdj", Value = "300", Probe = "cat /proc/self/oom_score_adj", Sees = "^300$" },
        new("privileged", "--privileged") { Field = "HostConfig.Privileged", Value = "true", Probe = "grep Seccomp: /proc/self/status; grep -c /proc/sys /proc/mounts", Sees = "^Seccomp:\t0\n0$" },
        new("read-only", "--read-only") { Field = "HostConfig.ReadonlyRootfs", Value = "true", Probe = "touch /file", Sees = "Read-only file system" },
        new("restart", "--restart", "on-failure:3") { Field = "HostConfig.RestartPolicy", Value = """{"Name":"on-failure","MaximumRetryCount":3}""" },
        new("security-opt", "--security-opt", "no-new-privileges") { Field = "HostConfig.SecurityOpt", Value = """["no-new-privileges"]""", Probe = "grep NoNewPrivs /proc/self/status", Sees = "1$" },
        new("security-opt", "--security-opt", "seccomp=unconfined") { Probe = "grep Seccomp: /proc/self/status", Sees = "0$" },
        new("security-opt", "--security-opt", "systempaths=unconfined") { Field = "HostConfig.MaskedPaths", Value = "[]", Probe = "grep -c /proc/sys /proc/mounts", Sees = "^0$" },
        new("security-opt", "--security-opt", "writable-cgroups=true", "--cgroupns", "private") { Probe = "mkdir /sys/fs/cgroup/memory/x || mkdir /sys/fs/cgroup/x; echo $?; rmdir /sys/fs/cgroup/memory/x", Sees = "^0$" },
        new("stop-signal", "--stop-signal", "SIGUSR1") { Field = "Config.StopSignal", Value = "\"SIGUSR1\"", Scene = nameof(FlagSceneTests.Stop_signal_and_timeout_are_used) },
        new("stop-timeout", "--stop-timeout", "77") { Field = "Config.StopTimeout", Value = "77", Scene = nameof(FlagSceneTests.Stop_signal_and_timeout_are_used) },
        new("sysctl", "--sysctl", "kernel.msgmax=100") { Field = "HostConfig.Sysctls", Value = """{"kernel.msgmax":"100"}""", Probe = "cat /proc/sys/kernel/msgmax", Sees = "^100$" },
        new("tty", "-t") { Field = "Config.Tty", Value = "true", Probe = "tty", Sees = "/dev/pts/0" },
        new("ulimit", "--ulimit", "nofile=50:60") { Field = "HostConfig.Ulimits", Value = """[{"Name":"nofile","Soft":50,"Hard":60}]""", Probe = "ulimit -Sn; ulimit -Hn", Sees = "^50\n60$" },
        new("ulimit", "--ulimit", "core=0") { Probe = "grep core /proc/self/limits", Sees = " 0 +0 " },
        new("user", "-u", "12:34") { Field = "Config.User", Value = "\"12:34\"", Probe = "id -u; id -g", Sees = "^12\n34$" },
        new("workdir", "-w", "/work/here") { Field = "Config.WorkingDir", Value = "\"/work/here\"", Probe = "pwd", Sees = "^/work/here$" },
    ];

    static readonly FlagRow[] Limits =
    [
        new("blkio-weight", "--blkio-weight", "100") { Field = "HostConfig.BlkioWeight", Value = "100", Warning = "Your kernel does not support Block I/O weight" },
        new("blkio-weight-device", "--blkio-weight-device", "{device}:100") { Field = "HostConfig.BlkioWeightDevice", Value = """[{"Path":"{device}","Weight":100}]""", Warning = "Your kernel does not support Block I/O weight_device" },
        new("cpu-period", "--cpu-period", "50000", "--cpu-quota", "20000") { Field = "HostConfig.CpuPeriod", Value = "50000", Probe = Cat("cpu/cpu.cfs_period_us", "cpu.max"), Sees = "50000" },
        new("cpu-quota", "--cpu-quota", "20000") { Field = "HostConfig.CpuQuota", Value = "20000", Probe = Cat("cpu/cpu.cfs_quota_us", "cpu.max"), Sees = "20000" },
        new("cpu-rt-period", "--cpu-rt-period", "900000") { Field = "HostConfig.CpuRealtimePeriod", Value = "900000", Probe = "cat /sys/fs/cgroup/cpu/cpu.rt_period_us", Sees = "^900000$" },
        new("cpu-rt-runtime", "--cpu-rt-runtime", "1000") { Field = "HostConfig.CpuRealtimeRuntime", Value = "1000", Scene = nameof(FlagSceneTests.Realtime_runtime_needs_a_budget_of_the_parent) },
        new("cpu-shares", "-c", "100") { Field = "HostConfig.CpuShares", Value = "100", Probe = Cat("cpu/cpu.shares", "cpu.weight"), Sees = "^(100|4)$" },
        new("cpus", "--cpus", "1.5") { Field = "HostConfig.NanoCpus", Value = "1500000000", Probe = Cat("cpu/cpu.cfs_quota_us", "cpu.max"), Sees = "150000" },
        new("cpuset-cpus", "--cpuset-cpus", "0") { Field = "HostConfig.CpusetCpus", Value = "\"0\"", Probe = "grep Cpus_allowed_list /proc/self/status", Sees = "\t0$" },
        new("cpuset-mems", "--cpuset-mems", "0") { Field = "HostConfig.CpusetMems", Value = "\"0\"", Probe = Cat("cpuset/cpuset.mems", "cpuset.mems"), Sees = "^0$" },
        new("device", "--device", "/dev/fuse:/dev/mine:rw") { Field = "HostConfig.Devices", Value = """[{"PathOnHost":"/dev/fuse","PathInContainer":"/dev/mine","CgroupPermissions":"rw"}]""", Probe = "ls -l /dev/mine", Sees = "^c.* 10, 229 .*/dev/mine$" },
        new("device-cgroup-rule", "--device-cgroup-rule", "c 1:11 rw") { Field = "HostConfig.DeviceCgroupRules", Value = """["c 1:11 rw"]""", Probe = "mknod /k c 1 11 && echo text >/k && echo fine", Sees = "^fine$" },
        new("device-read-bps", "--device-read-bps", "{device}:1mb") { Field = "HostConfig.BlkioDeviceReadBps", Value = """[{"Path":"{device}","Rate":1048576}]""", Probe = Cat("blkio/blkio.throttle.read_bps_device", "io.max"), Sees = "1048576" },
        new("device-read-iops", "--device-read-iops", "{device}:1234") { Field = "HostConfig.BlkioDeviceReadIOps", Value = """[{"Path":"{device}","Rate":1234}]""", Probe = Cat("blkio/blkio.throttle.read_iops_device", "io.max"), Sees = "1234" },
        new("device-write-bps", "--device-write-bps", "{device}:2mb") { Field = "HostConfig.BlkioDeviceWriteBps", Value = """[{"Path":"{device}","Rate":2097152}]""", Probe = Cat("blkio/blkio.throttle.write_bps_device", "io.max"), Sees = "2097152" },
        new("device-write-iops", "--device-write-iops", "{device}:4321") { Field = "HostConfig.BlkioDeviceWriteIOps", Value = """[{"Path":"{device}","Rate":4321}]""", Probe = Cat("blkio/blkio.throttle.write_iops_device", "io.max"), Sees = "4321" },
        new("kernel-memory", "--kernel-memory", "100m") { Warning = "Kernel memory limits are gone from the kernel" },
        new("memory", "-m", "64m") { Field = "HostConfig.Memory", Value = "67108864", Probe = Cat("memory/memory.limit_in_bytes", "memory.max"), Sees = "^67108864$" },
        new("memory-reservation", "--memory-reservation", "32m") { Field = "HostConfig.MemoryReservation", Value = "33554432", Probe = Cat("memory/memory.soft_limit_in_bytes", "memory.low"), Sees = "^33554432$" },
        new("memory-swap", "--memory-swap", "96m", "-m", "64m") { Field = "HostConfig.MemorySwap", Value = "100663296", Probe = Cat("memory/memory.memsw.limit_in_bytes", "memory.swap.max"), Sees = "^(100663296|33554432)$" },
        new("memory-swappiness", "--memory-swappiness", "10", "-m", "64m") { Field = "HostConfig.MemorySwappiness", Value = "10", Probe = "cat /sys/fs/cgroup/memory/memory.swappiness", Sees = "^10$" },
        new("oom-kill-disable", "--oom-kill-disable", "-m", "64m") { Field = "HostConfig.OomKillDisable", Value = "true", Probe = "cat /sys/fs/cgroup/memory/memory.oom_control", Sees = "oom_kill_disable 1" },
        new("oom-kill-disable", "--oom-kill-disable") { Warning = "OOM killer is disabled for the container, but no memory limit is set" },
        new("pids-limit", "--pids-limit", "33") { Field = "HostConfig.PidsLimit", Value = "33", Probe = Cat("pids/pids.max", "pids.max"), Sees = "^33$" },
        new("shm-size", "--shm-size", "1m") { Field = "HostConfig.ShmSize", Value = "1048576", Probe = "df -k /dev/shm", Sees = "shm +1024 " },
        new("storage-opt", "--storage-opt", "size=1G") { Refusal = "--storage-opt is not supported by this storage driver", Reason = "The data root's file system has no quotas here (decision 0035 says which have)." },
    ];

    static readonly FlagRow[] Namespaces =
    [
        new("cgroup-parent", "--cgroup-parent", "{parent}/below") { Field = "HostConfig.CgroupParent", Value = "\"{parent}/below\"", Probe = "cat /proc/self/cgroup", Sees = "{parent}/below/" },
        new("cgroupns", "--cgroupns", "private") { Field = "HostConfig.CgroupnsMode", Value = "\"private\"", Probe = "cat /proc/self/cgroup", Sees = ":/$" },
        new("ipc", "--ipc", "container:{donor}") { Probe = "cat /dev/shm/given; readlink /proc/self/ns/ipc; readlink /proc/1/ns/ipc", Sees = "^given\n" },
        new("ipc", "--ipc", "host") { Field = "HostConfig.IpcMode", Value = "\"host\"", Probe = "readlink /proc/self/ns/ipc", Sees = "{host-ipc}" },
        new("ipc", "--ipc", "none") { Field = "HostConfig.IpcMode", Value = "\"none\"", Probe = "grep -c /dev/shm /proc/mounts", Sees = "^0$" },
        new("ipc", "--ipc", "shareable") { Field = "HostConfig.IpcMode", Value = "\"shareable\"", Probe = "grep -c /dev/shm /proc/mounts", Sees = "^1$" },
        new("pid", "--pid", "host") { Field = "HostConfig.PidMode", Value = "\"host\"", Probe = "readlink /proc/self/ns/pid", Sees = "{host-pid}" },
        new("pid", "--pid", "container:{donor}") { Probe = "ps", Sees = "sleep 1000" },
        new("userns", "--userns", "host") { Field = "HostConfig.UsernsMode", Value = "\"host\"", Probe = "readlink /proc/self/ns/user", Sees = "{host-user}" },
        new("uts", "--uts", "host") { Field = "HostConfig.UTSMode", Value = "\"host\"", Probe = "readlink /proc/self/ns/uts", Sees = "{host-uts}" },
    ];

    static readonly FlagRow[] Storage =
    [
        new("mount", "--mount", "type=tmpfs,dst=/t,tmpfs-size=1m") { Field = "HostConfig.Mounts.0.Type", Value = "\"tmpfs\"", Probe = "df -k /t", Sees = "tmpfs +1024 " },
        new("mount", "--mount", "type=bind,src={files},dst=/given,readonly") { Probe = "cat /given/env; touch /given/x", Sees = "FROM_FILE=1\n.*Read-only" },
        new("tmpfs", "--tmpfs", "/t:size=2m,mode=700") { Field = "HostConfig.Tmpfs", Value = """{"/t":"size=2m,mode=700"}""", Probe = "df -k /t; stat -c %a /t", Sees = "tmpfs +2048 (.|\n)*700$" },
        new("volume", "-v", "{files}:/given:ro") { Field = "HostConfig.Binds", Value = """["{files}:/given:ro"]""", Probe = "cat /given/env; touch /given/x", Sees = "FROM_FILE=1\n.*Read-only" },
        new("volume", "-v", "/anonymous") { Field = "Mounts.0.Type", Value = "\"volume\"", Probe = "touch /anonymous/x && echo fine", Sees = "fine" },
        new("volume-driver", "--volume-driver", "local", "-v", "/anonymous") { Field = "HostConfig.VolumeDriver", Value = "\"local\"" },
        new("volume-driver", "--volume-driver", "nosuch", "-v", "named:/x") { Refusal = "error looking up volume plugin nosuch", Reason = "No plugin of that name is there." },
        new("volumes-from", "--volumes-from", "{donor}") { Field = "HostConfig.VolumesFrom", Value = """["{donor}"]""", Probe = "ls -d /from-donor", Sees = "^/from-donor$" },
    ];

    static readonly FlagRow[] Network =
    [
        new("add-host", "--add-host", "far:192.0.2.1") { Field = "HostConfig.ExtraHosts", Value = """["far:192.0.2.1"]""", Probe = "grep far /etc/hosts", Sees = "^192.0.2.1\tfar$" },
        new("dns", "--dns", "192.0.2.53") { Field = "HostConfig.Dns", Value = """["192.0.2.53"]""", Probe = "cat /etc/resolv.conf", Sees = "nameserver 192.0.2.53" },
        new("dns-option", "--dns-option", "ndots:3") { Field = "HostConfig.DnsOptions", Value = """["ndots:3"]""", Probe = "cat /etc/resolv.conf", Sees = "options .*ndots:3" },
        new("dns-search", "--dns-search", "example.org") { Field = "HostConfig.DnsSearch", Value = """["example.org"]""", Probe = "cat /etc/resolv.conf", Sees = "search example.org" },
        new("expose", "--expose", "80-81") { Field = "Config.ExposedPorts", Value = """{"80/tcp":{},"81/tcp":{}}""" },
        new("network", "--network", "none") { Field = "HostConfig.NetworkMode", Value = "\"none\"", Probe = "ls /sys/class/net", Sees = "^lo$" },
        new("network", "--network", "container:{donor}") { Probe = "readlink /proc/self/ns/net", Sees = "{donor-net}" },
        new("network", "--network", "host") { Field = "HostConfig.NetworkMode", Value = "\"host\"", Probe = "readlink /proc/self/ns/net", Sees = "{host-net}" },
        new("publish", "-p", "127.0.0.1::80") { Field = "HostConfig.PortBindings", Value = """{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":""}]}""", Scene = nameof(FlagSceneTests.Published_ports_are_reachable) },
        new("publish-all", "-P", "--expose", "80") { Field = "HostConfig.PublishAllPorts", Value = "true", Scene = nameof(FlagSceneTests.Published_ports_are_reachable) },
        new("mac-address", "--mac-address", "92:d0:c6:0a:29:33") { Field = "HostConfig.NetworkMode", Value = "\"bridge\"", Probe = "cat /sys/class/net/eth0/address", Sees = "^92:d0:c6:0a:29:33$" },
        new("link", "--link", "{donor}:near") { Probe = "grep near /etc/hosts", Sees = "near" },
        new("ip", "--ip", "192.0.2.7") { Scene = nameof(FlagSceneTests.Addresses_and_aliases_are_those_asked_for) },
        new("ip6", "--ip6", "2001:db8::7") { Scene = nameof(FlagSceneTests.Addresses_and_aliases_are_those_asked_for) },
        new("link-local-ip", "--link-local-ip", "169.254.3.3") { Scene = Elsewhere },
        new("network-alias", "--network-alias", "other") { Scene = nameof(FlagSceneTests.Addresses_and_aliases_are_those_asked_for) },
    ];

    /// <summary>The flag belongs to another room's suite: networks, log drivers, runtimes.</summary>
    public const string Elsewhere = "its own room's tests";

    static readonly FlagRow[] Client =
    [
        new("attach", "-a", "stderr") { Field = "Config.AttachStderr", Value = "true", Scene = nameof(FlagSceneTests.Attach_chooses_streams) },
        new("cidfile", "--cidfile", "{new}") { Scene = nameof(FlagSceneTests.The_id_is_written_to_cidfile) },
        new("detach", "-d") { Scene = nameof(FlagSceneTests.Detach_prints_the_id_alone) },
        new("detach-keys", "--detach-keys", "ctrl-x,y") { Scene = nameof(FlagSceneTests.Detach_keys_can_be_chosen) },
        new("disable-content-trust", "--disable-content-trust"),
        new("env-file", "--env-file", "{files}/env") { Field = "Config.Env", Value = """["FROM_FILE=1"]""", Probe = "echo $FROM_FILE", Sees = "^1$" },
        new("help") { Scene = nameof(HelpTests.Help_is_dockers) },
        new("interactive", "-i") { Field = "Config.OpenStdin", Value = "true" },
        new("isolation", "--isolation", "default") { Field = "HostConfig.Isolation", Value = "\"default\"" },
        new("label-file", "--label-file", "{files}/labels") { Field = "Config.Labels", Value = """{"from":"file"}""" },
        new("log-driver", "--log-driver", "none") { Field = "HostConfig.LogConfig.Type", Value = "\"none\"" },
        new("log-opt", "--log-opt", "max-size=1m", "--log-driver", "json-file") { Field = "HostConfig.LogConfig.Config", Value = """{"max-size":"1m"}""" },
        new("name", "--name", "{unique}") { Field = "Name", Value = "\"/{unique}\"" },
        new("platform", "--platform", "linux/amd64"),
        new("platform", "--platform", "linux/s390x", "--pull", "never") { Refusal = "was found but its platform (linux/amd64) does not match the specified platform (linux/s390x)" },
        new("pull", "--pull", "never"),
        new("pull", "--pull", "sometimes") { Refusal = "invalid pull option: 'sometimes'" },
        new("quiet", "-q") { Scene = nameof(FlagSceneTests.Quiet_keeps_the_pull_silent) },
        new("rm", "--rm") { Field = "HostConfig.AutoRemove", Value = "true", Scene = nameof(FlagSceneTests.Rm_leaves_nothing) },
        new("runtime", "--runtime", "pier") { Field = "HostConfig.Runtime", Value = "\"pier\"" },
        new("sig-proxy", "--sig-proxy=false") { Scene = nameof(FlagSceneTests.Signals_stay_with_the_client_when_told_so) },
        new("use-api-socket", "--use-api-socket") { Scene = nameof(FlagSceneTests.The_api_socket_is_bound) },
    ];

    static readonly FlagRow[] Refused =
    [
        new("cpu-count", "--cpu-count", "1") { Refusal = Windows, Reason = WindowsReason },
        new("cpu-percent", "--cpu-percent", "1") { Refusal = Windows, Reason = WindowsReason },
        new("io-maxbandwidth", "--io-maxbandwidth", "1m") { Refusal = Windows, Reason = WindowsReason },
        new("io-maxiops", "--io-maxiops", "1") { Refusal = Windows, Reason = WindowsReason },
        new("isolation", "--isolation", "hyperv") { Refusal = "invalid isolation (hyperv): linux only supports 'default'", Reason = WindowsReason },
        new("gpus", "--gpus", "all") { Refusal = "could not select device driver \"\" with capabilities: [[gpu]]", Reason = "No device driver for GPUs is registered." },
        new("runtime", "--runtime", "nosuch") { Refusal = "unknown or invalid runtime name: nosuch", Reason = "Only runtimes that the daemon knows can be named." },
        new("security-opt", "--security-opt", "apparmor=some") { Refusal = "this host has no such security module", Reason = "AppArmor is not enabled in this kernel." },
        new("security-opt", "--security-opt", "label=type:some") { Refusal = "this host has no such security module", Reason = "SELinux labels are not supported." },
        new("log-driver", "--log-driver", "nosuch") { Refusal = "log", Reason = "No such log driver exists." },
    ];
}
