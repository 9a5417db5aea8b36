namespace QuickStart.Options;

/// <summary>Looks whether a command's program is there, so that a slip of the pen is told at once and not by a deployment that fails.</summary>
internal static class Programs
{
    /// <exception cref="OptionsException">There is no such program.</exception>
    public static void Require(string program)
    {
        // A name made of {port} is known only later.
        if (!program.Contains("{port}", StringComparison.Ordinal) && Problem(program) is { } problem)
        {
            throw new OptionsException($"--app can't start '{program}': {problem}");
        }
    }

    private static string? Problem(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            string file = Path.GetFullPath(program);
            return IsExecutable(file) ? null : $"{file} {(File.Exists(file) ? "is not executable" : "is no file")}.";
        }

        // A relative folder of PATH would be another one for the supervisor that starts it.
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => Path.IsPathFullyQualified(folder) && IsExecutable(Path.Combine(folder, program)))
            ? null
            : "no folder of PATH has an executable of that name. Install it, or give its path.";
    }

    private static bool IsExecutable(string file) =>
        File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
