using System.Diagnostics;

namespace Deployment.Integration.Tests.Support;

/// <summary>A file system in memory of 1 MiB. Needs root; without it a test is skipped, and fails under CI.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    internal string Folder { get; }

    internal static SmallDisk Mount()
    {
        string folder = Directory.CreateTempSubdirectory("dd-").FullName;
        (int code, string error) = Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
        if (code != 0)
        {
            Directory.Delete(folder);
            string reason = $"A small disk can't be mounted here (it needs root): {error}";
            if (Environment.GetEnvironmentVariable("CI") == "true")
            {
                Assert.Fail(reason);
            }

            Assert.Ignore(reason);
        }

        return new SmallDisk(folder);
    }

    internal void MakeReadOnly() => Run("mount", "-o", "remount,ro", Folder).Code.Should().Be(0);

    internal void MakeWritable() => Run("mount", "-o", "remount,rw", Folder).Code.Should().Be(0);

    public void Dispose()
    {
        Run("umount", Folder).Code.Should().Be(0);
        Directory.Delete(Folder);
    }

    private static (int Code, string Error) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error.Trim());
    }
}
