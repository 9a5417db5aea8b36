using Deployment.Releases;

namespace Deployment.Commands;

/// <summary>Finds the file that a program's name stands for, as a POSIX shell would.</summary>
internal static class ProgramLookup
{
    private const int ShownFolders = 3;

    /// <summary>The full path of the program.</summary>
    /// <exception cref="DeploymentException">There is none, or it can't be executed; the message says which, and where it was looked for.</exception>
    internal static string Find(string program, string folder, string path)
    {
        string shown = Naming.Printable(program);
        if (program.Contains('/', StringComparison.Ordinal))
        {
            string file = Path.Combine(folder, program);
            return Problem(file) is { } problem ? throw new DeploymentException($"The program '{shown}' can't be started in {PathText.Of(folder)}: {problem}") : file;
        }

        var refused = new List<string>();
        // An empty entry means the working folder to a shell. It is skipped: a file there must not pass for an installed tool.
        foreach (string entry in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string file = Path.Combine(folder, entry, program);
            if (Problem(file) is not { } problem)
            {
                return file;
            }

            if (Path.Exists(file))
            {
                refused.Add(problem);
            }
        }

        throw new DeploymentException(refused.Count > 0
            ? $"The program '{shown}' can't be started: {string.Join(' ', refused)}"
            : $"The program '{shown}' isn't installed: no folder of PATH has it ({Shortly(path)}). Install it, or give its full path.");
    }

    /// <summary>The message stands in several places of a run's journal, and a PATH can be long.</summary>
    private static string Shortly(string path)
    {
        string[] folders = [.. path.Split(':', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
        string shown = string.Join(", ", folders.Take(ShownFolders).Select(PathText.Of));
        return folders.Length switch
        {
            0 => "it is empty",
            <= ShownFolders => shown,
            _ => $"{shown} and {folders.Length - ShownFolders} more",
        };
    }

    private static string? Problem(string file)
    {
        string shown = PathText.Of(file);
        if (Directory.Exists(file))
        {
            return $"{shown} is a folder.";
        }

        if (!File.Exists(file))
        {
            return $"{shown} doesn't exist.";
        }

        return Libc.Access(file, Libc.MayExecute) == 0 ? null : $"{shown} is not executable for this user. Set its execute permission (chmod +x).";
    }
}
