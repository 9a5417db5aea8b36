using System.Runtime.Versioning;

namespace Deployment.Commands;

/// <summary>Where one of the three standard streams of a process leads.</summary>
internal sealed class ProcessStream
{
    private ProcessStream(string? file) => File = file;

    /// <summary>The null device.</summary>
    internal static ProcessStream Null { get; } = new(null);

    /// <summary>A pipe to this process.</summary>
    internal static ProcessStream Pipe { get; } = new(null);

    /// <summary>The full path of the file that is appended to; null for the others.</summary>
    internal string? File { get; }

    /// <summary>A file that is appended to, and made for its owner alone when it doesn't exist.</summary>
    internal static ProcessStream AppendTo(string path) => new(Path.GetFullPath(path));

    /// <summary>Makes the file here, where what is wrong with it can still be told apart from what is wrong with the program.</summary>
    /// <exception cref="DeploymentException">It can't be made or written.</exception>
    [UnsupportedOSPlatform("windows")]
    internal void Prepare()
    {
        if (File is null)
        {
            return;
        }

        try
        {
            using var file = new FileStream(File, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The output of a process can't be written to {PathText.Of(File)}: {exception.Message}", exception);
        }
    }
}
