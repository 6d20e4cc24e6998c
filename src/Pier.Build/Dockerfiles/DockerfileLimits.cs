namespace Pier.Build.Dockerfiles;

/// <summary>How much of a Dockerfile is worth reading: real ones stay far below, bombs above.</summary>
public static class DockerfileLimits
{
    public const int FileBytes = 4 << 20;

    /// <summary>A physical line, in characters: the limit of Docker's own reader.</summary>
    public const int LineLength = 65535;
    public const int Instructions = 5000;
    public const int HeredocsPerInstruction = 100;
    public const int ExcerptLineLength = 400;

    /// <summary>One value after expansion: execve(2) takes no longer string (MAX_ARG_STRLEN).</summary>
    public const int ValueLength = 128 << 10;

    /// <summary>Substitutions inside substitutions: ${a:-${b:-...}}.</summary>
    public const int SubstitutionDepth = 50;

    /// <summary>Characters written and list elements copied by all expansions and configurations of one plan.</summary>
    public const long Work = 16 << 20;
}
