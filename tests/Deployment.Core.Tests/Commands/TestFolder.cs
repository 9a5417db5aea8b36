using System.Runtime.Versioning;

[assembly: UnsupportedOSPlatform("windows")]

namespace Deployment.Tests.Commands;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("deployment-test-").FullName;

    internal string File(string name) => System.IO.Path.Combine(Path, name);

    internal string Script(string name, string text)
    {
        string file = File(name);
        System.IO.File.WriteAllText(file, text);
        System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
