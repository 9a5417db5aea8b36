using System.Diagnostics;
using System.Globalization;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Tests.Processes;

[Category("Local")]
public sealed class LogRotationTests
{
    private const int Lines = 200_000;
    private static readonly string Padding = new('.', 50);
    private string _folder = "";
    private string _log = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("dr-").FullName;
        _log = Path.Combine(_folder, "1.log");
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Rotate_WhileAProcessWrites_LosesNoLineWhereTheFileSystemCanCollapse()
    {
        (int rotations, bool lossless) = await RotateUnderAWriterAsync(collapse: true);
        if (!lossless)
        {
            Assert.Ignore("Missing component: a file system that can take the front out of a file (ext4 or XFS) under the temporary folder.");
        }

        rotations.Should().BeGreaterThan(3);
        Written().Should().Equal(Enumerable.Range(1, Lines), "the files, oldest first, are exactly what was written");
    }

    [Test]
    public async Task Rotate_ByCuttingOff_KeepsTheOrderAndLosesLittle()
    {
        (int rotations, _) = await RotateUnderAWriterAsync(collapse: false);

        rotations.Should().BeGreaterThan(3);
        // A cut may go through a line, which is then the last one of its file.
        string[][] files = [.. Files().Select(File.ReadAllLines)];
        files.SelectMany(lines => lines.SkipLast(1)).Should().OnlyContain(line => IsWhole(line));
        int[] written = [.. files.SelectMany(lines => lines).Where(IsWhole).Select(Number)];
        written.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        TestContext.Out.WriteLine($"{Lines - written.Length} of {Lines} lines were lost in {rotations} cuts, {files.Sum(lines => lines.Count(line => !IsWhole(line)))} of them in part.");
        written.Length.Should().BeGreaterThan(Lines * 9 / 10);
    }

    [Test]
    public void Rotate_CutThroughALine_TheNextLineStandsAlone()
    {
        File.WriteAllText(_log, new string('x', 100 * 1024) + "\n123");
        LogRotation.Rotate(_log, 2, collapse: false).Should().BeFalse();
        File.AppendAllText(_log, "124 whole\n");

        Files().SelectMany(File.ReadAllLines).Skip(1).Should().Equal("123", "124 whole");
    }

    [Test]
    public void Rotate_CutBetweenLines_AddsNothing()
    {
        string all = new string('x', 100 * 1024) + "\n123\n";
        File.WriteAllText(_log, all);
        LogRotation.Rotate(_log, 2, collapse: false);

        string.Concat(Files().Select(File.ReadAllText)).Should().Be(all);
    }

    [Test]
    public void Rotate_MoreOftenThanFilesAreKept_KeepsTheNewest()
    {
        for (int round = 1; round <= 5; round++)
        {
            File.WriteAllText(_log, new string((char)('0' + round), 100 * 1024));
            LogRotation.Rotate(_log, 2);
        }

        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Should().BeEquivalentTo("1.log", "1.log.1", "1.log.2");
        File.ReadAllText(_log + ".1").Should().StartWith("5");
        File.ReadAllText(_log + ".2").Should().StartWith("4");
    }

    [Test]
    public void Rotate_FewerKeptThanBefore_RemovesTheOthers()
    {
        for (int number = 1; number <= 5; number++)
        {
            File.WriteAllText($"{_log}.{number}", "old");
        }

        File.WriteAllText(_log, new string('x', 100 * 1024));
        LogRotation.Rotate(_log, 2);

        Directory.EnumerateFiles(_folder).Should().HaveCount(3);
    }

    [Test]
    public void FileLogger_OfLongLife_KeepsFourFilesAndEveryNewLine()
    {
        using (var provider = new FileLoggerProvider(_log, TimeProvider.System, maxBytes: 10_000))
        {
            ILogger logger = provider.CreateLogger("Test");
            for (int number = 1; number <= 1000; number++)
            {
                logger.Log(LogLevel.Information, default, number, null, (line, _) => $"line {line}");
            }
        }

        Directory.EnumerateFiles(_folder).Should().HaveCount(4).And.OnlyContain(path => new FileInfo(path).Length < 10_200);
        File.ReadAllText(_log + ".1").Should().Contain("line ");
        Directory.EnumerateFiles(_folder).SelectMany(File.ReadAllLines).Should().Contain(line => line.EndsWith("line 1000", StringComparison.Ordinal));
    }

    [Test]
    public void FileLogger_AnotherWriterAppends_NeitherOverwritesTheOther()
    {
        using var provider = new FileLoggerProvider(_log, TimeProvider.System);
        ILogger logger = provider.CreateLogger("Test");
        logger.LogInformation("first");
        File.AppendAllText(_log, "from elsewhere\n");
        logger.LogInformation("last");

        File.ReadAllLines(_log).Should().HaveCount(3);
    }

    private async Task<(int Rotations, bool Lossless)> RotateUnderAWriterAsync(bool collapse)
    {
        // Long lines, so that many rotations are due; the process knows nothing of them.
        using Process writer = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec >> {_log}; i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo $i {Padding}; done"]))!;
        int rotations = 0;
        bool lossless = true;
        while (!writer.HasExited)
        {
            if (LogTail.Length(_log) > 1 << 20)
            {
                lossless &= LogRotation.Rotate(_log, 100, collapse);
                rotations++;
            }

            await Task.Delay(1);
        }

        writer.ExitCode.Should().Be(0);
        return (rotations, lossless);
    }

    private IEnumerable<int> Written() =>
        string.Concat(Files().Select(File.ReadAllText)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Number);

    // Oldest first.
    private IEnumerable<string> Files() => Directory.EnumerateFiles(_folder)
        .OrderByDescending(path => path == _log ? 0 : int.Parse(path[(_log.Length + 1)..], CultureInfo.InvariantCulture));

    private static int Number(string line) => int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);

    private static bool IsWhole(string line) => line.EndsWith(' ' + Padding, StringComparison.Ordinal);
}
