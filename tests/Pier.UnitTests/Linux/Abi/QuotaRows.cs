using System.Runtime.InteropServices;
using Pier.Linux.Btrfs;
using Pier.Linux.Quotas;

namespace Pier.UnitTests.Linux.Abi;

public class QuotaRows : IAbiRows
{
    public IEnumerable<string> Headers => ["linux/fs.h", "linux/quota.h", "linux/dqblk_xfs.h", "linux/btrfs.h", "sys/syscall.h"];

    public IEnumerable<(string Expression, long Value)> Rows =>
        [
            ("SYS_quotactl_fd", ProjectQuotas.SysQuotactlFd),
            ("FS_IOC_FSGETXATTR", ProjectQuotas.GetAttributes),
            ("FS_IOC_FSSETXATTR", ProjectQuotas.SetAttributes),
            ("FS_XFLAG_PROJINHERIT", ProjectQuotas.InheritFlag),
            ("Q_GETQUOTA", ProjectQuotas.GetQuota),
            ("Q_SETQUOTA", ProjectQuotas.SetQuota),
            ("Q_XGETQSTAT", ProjectQuotas.GetState),
            ("PRJQUOTA", ProjectQuotas.ProjectKind),
            ("QIF_BLIMITS", ProjectQuotas.BlockLimits),
            ("QIF_DQBLKSIZE", ProjectQuotas.BlockSize),
            ("FS_QUOTA_PDQ_ENFD", ProjectQuotas.ProjectsEnforced),
            ("sizeof(struct fsxattr)", Marshal.SizeOf<ProjectAttributes>()),
            ("offsetof(struct fsxattr, fsx_projid)", Offset<ProjectAttributes>(nameof(ProjectAttributes.Project))),
            ("sizeof(struct if_dqblk)", Marshal.SizeOf<QuotaBlock>()),
            ("offsetof(struct if_dqblk, dqb_curspace)", Offset<QuotaBlock>(nameof(QuotaBlock.Space))),
            ("offsetof(struct if_dqblk, dqb_curinodes)", Offset<QuotaBlock>(nameof(QuotaBlock.Files))),
            ("offsetof(struct if_dqblk, dqb_valid)", Offset<QuotaBlock>(nameof(QuotaBlock.Valid))),
            ("sizeof(struct fs_quota_stat)", Marshal.SizeOf<QuotaState>()),
            ("offsetof(struct fs_quota_stat, qs_flags)", Offset<QuotaState>(nameof(QuotaState.Flags))),
            ("BTRFS_IOC_QUOTA_CTL", Qgroups.QuotaControl),
            ("BTRFS_IOC_QGROUP_LIMIT", Qgroups.GroupLimit),
            ("BTRFS_IOC_QUOTA_RESCAN_WAIT", Qgroups.RescanWait),
            ("BTRFS_QUOTA_CTL_ENABLE", (long)Qgroups.Enable),
            ("BTRFS_QGROUP_LIMIT_MAX_RFER", (long)Qgroups.LimitReferenced),
            ("BTRFS_QGROUP_LIMIT_MAX_EXCL", (long)Qgroups.LimitExclusive),
            ("sizeof(struct btrfs_ioctl_qgroup_limit_args)", Marshal.SizeOf<Qgroups.LimitArguments>()),
            ("BTRFS_IOC_GET_SUBVOL_ROOTREF", NestedSubvolumes.RootReferences),
            ("BTRFS_IOC_INO_LOOKUP_USER", NestedSubvolumes.LookUp),
            ("BTRFS_IOC_SUBVOL_SETFLAGS", NestedSubvolumes.SetFlags),
            ("sizeof(struct btrfs_ioctl_get_subvol_rootref_args)", Marshal.SizeOf<NestedSubvolumes.References>()),
            (
                "offsetof(struct btrfs_ioctl_get_subvol_rootref_args, num_items)",
                Offset<NestedSubvolumes.References>(nameof(NestedSubvolumes.References.Count))
            ),
            ("sizeof(struct btrfs_ioctl_ino_lookup_user_args)", Marshal.SizeOf<NestedSubvolumes.Place>()),
            (
                "offsetof(struct btrfs_ioctl_ino_lookup_user_args, path)",
                Offset<NestedSubvolumes.Place>(nameof(NestedSubvolumes.Place.Path))
            ),
        ];

    static long Offset<T>(string field) => (long)Marshal.OffsetOf<T>(field);
}
