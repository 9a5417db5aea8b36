using Deployment.Providers.Local.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Tests.Hosting;

[Category("Local")]
public sealed class FileLoggerTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("dl-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    // Timers and keepers log: what they are there for must not end because a disk is full.
    [Test]
    public void Log_DiskFull_NeverThrows()
    {
        using var provider = new FileLoggerProvider("/dev/full", TimeProvider.System);
        ILogger logger = provider.CreateLogger("test");

        FluentActions.Invoking(() => Log(logger, "no room for this")).Should().NotThrow();
    }

    [Test]
    public void Log_FolderIsGone_NeverThrowsAndGoesOnOnceItIsBack()
    {
        string log = Path.Combine(_folder, "logs", "router.log");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        using var provider = new FileLoggerProvider(log, TimeProvider.System, maxBytes: 100);
        ILogger logger = provider.CreateLogger("test");
        Directory.Delete(Path.GetDirectoryName(log)!, recursive: true);

        for (int line = 0; line < 5; line++)
        {
            FluentActions.Invoking(() => Log(logger, new string('x', 200))).Should().NotThrow();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        Log(logger, "here again");
        Log(logger, "and again");
        File.ReadAllText(log).Should().Contain("and again");
    }

    private static void Log(ILogger logger, string message) => logger.Log(LogLevel.Information, default, message, null, static (text, _) => text);
}
