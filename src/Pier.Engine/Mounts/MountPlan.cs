using Pier.Engine.Volumes;
using Pier.Model;

namespace Pier.Engine.Mounts;

/// <summary>A mount as it was asked for, before anything is made. The point's Source and Name of a volume are filled in later.</summary>
sealed record MountPlan(MountPoint Point)
{
    public MountDetail Detail { get; init; } = new();

    /// <summary>The volume to use or make; null for other mounts and for volumes that another container has already.</summary>
    public CreateVolume? Volume { get; init; }

    /// <summary>Fill the volume with what the image has at the place.</summary>
    public bool CopyUp { get; init; }

    /// <summary>Make a missing source as a directory: -v does, --mount only when told to.</summary>
    public bool CreateSource { get; init; }

    public string Destination => Point.Destination;
}
