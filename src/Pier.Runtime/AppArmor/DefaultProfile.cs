namespace Pier.Runtime.AppArmor;

/// <summary>
/// The AppArmor profile of containers that ask for none (apparmor.d(5)), under the name that Docker's clients know. A container does in its
/// own tree what its capabilities allow; it does not mount, does not change what of /proc and /sys is the host's, and neither traces nor
/// signals those outside.
/// </summary>
static class DefaultProfile
{
    public const string Name = "docker-default";

    // kernel.shm*, msg*, sem and the net subtree belong to the container's own namespaces.
    public const string Text = $$"""
        profile {{Name}} flags=(attach_disconnected,mediate_deleted) {
          network,
          capability,
          file,
          umount,
          unix,
          signal (receive) peer=unconfined,
          signal (send, receive) peer={{Name}},
          ptrace (trace, read, tracedby, readby) peer={{Name}},

          deny mount,
          deny pivot_root,

          deny /proc/{kcore,kmem,mem,sysrq-trigger} rwklx,
          deny /proc/* w,
          deny /proc/{acpi,asound,bus,driver,dynamic_debug,fs,irq,scsi,tty}/** w,
          deny /proc/sys/{abi,debug,dev,fs,user,vm}/** w,
          deny /proc/sys/kernel/[^ms]** w,
          deny /proc/sys/kernel/m[^s]** w,
          deny /proc/sys/kernel/s[^eh]** w,

          deny /sys/{block,bus,class,dev,devices,hypervisor,module,power}/** wklx,
          deny /sys/fs/[^c]** wklx,
          deny /sys/{firmware,kernel/security,devices/virtual/powercap}/** rwklx,
          deny /sys/kernel/** wklx,
        }
        """;
}
