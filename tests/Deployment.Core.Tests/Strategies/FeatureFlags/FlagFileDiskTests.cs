using Deployment.Flags;
using Deployment.Runbooks;
using Deployment.Strategies.FeatureFlags;

namespace Deployment.Tests.Strategies.FeatureFlags;

/// <summary>What the disk and others who use the file do to it meanwhile.</summary>
[Category("Unit")]
public sealed class FlagFileDiskTests
{
    private const string Closed = """{"feature_management":{"feature_flags":[{"id":"checkout","enabled":false}]}}""";
    private const int Largest = 10 * 1024 * 1024;

    private string _folder = "";

    private string Path => System.IO.Path.Combine(_folder, "flags.json");

    private JsonFeatureFlagFile Store => new(Path);

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("flags-").FullName;
        File.WriteAllText(Path, Closed);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Read_LargestFile_IsReadAndALargerOneIsRefused()
    {
        await File.WriteAllTextAsync(Path, Closed.PadRight(Largest));
        (await Store.ReadAsync("checkout", default)).Should().Be("""{"id":"checkout","enabled":false}""");

        await File.AppendAllTextAsync(Path, " ");
        await Refused(() => Store.ReadAsync("checkout", default), $"The file with feature flags {Path} has 10485761 bytes; at most 10485760 are read.");
    }

    [Test]
    public async Task Read_FolderOfThatName_IsRefusedWithWords()
    {
        File.Delete(Path);
        Directory.CreateDirectory(Path);

        await Refused(() => Store.ReadAsync("checkout", default), $"The file with feature flags {Path} can't be read: *");
    }

    [Test]
    public async Task Write_AnotherOneDiedInTheMiddle_ReplacesWhatItLeft()
    {
        await File.WriteAllTextAsync(Path + ".next", "half of a fi");

        await OpenAsync();

        Store.AudienceOf((await Store.ReadAsync("checkout", default))!).IsEveryone.Should().BeTrue();
        File.Exists(Path + ".next").Should().BeFalse();
    }

    [Test]
    public async Task Write_CannotBePutBeside_IsRefusedAndTheFileStays()
    {
        Directory.CreateDirectory(Path + ".next");

        await Refused(OpenAsync, $"The file with feature flags {Path} can't be replaced: *");

        (await File.ReadAllTextAsync(Path)).Should().Be(Closed);
    }

    [Test]
    public async Task Replace_SomebodySavedMeanwhile_KeepsWhatTheySaved()
    {
        byte[] seen = await FlagFileDisk.ReadAsync(Path, default);
        await File.WriteAllTextAsync(Path, Closed + "\n");

        await Refused(() => FlagFileDisk.ReplaceAsync(Path, seen, "{}"u8.ToArray(), default), $"Somebody else changed {Path} just now. It was left as it is; try again.");

        (await File.ReadAllTextAsync(Path)).Should().Be(Closed + "\n");
        await FlagFileDisk.ReplaceAsync(Path, await FlagFileDisk.ReadAsync(Path, default), "{}"u8.ToArray(), default);
        (await File.ReadAllTextAsync(Path)).Should().Be("{}", "nobody saved meanwhile");
    }

    /// <summary>What a person set by hand may be nothing that stages can say. Closing it needs no more than to write it down.</summary>
    [Test]
    public async Task RollBack_FlagHasConditionsThatStagesCannotSay_ClosesItAndKnowsTheWayBack()
    {
        const string ByHand = """{"id":"checkout","enabled":true,"conditions":{"client_filters":[{"name":"Microsoft.TimeWindow"}]}}""";
        await File.WriteAllTextAsync(Path, Closed.Replace("""{"id":"checkout","enabled":false}""", ByHand, StringComparison.Ordinal));
        var world = new FlagWorld(options => options.Store = Store);

        Runbook plan = world.World.Time.Run(() => world.World.Pipeline().PlanRollBackAsync());

        EffectStep close = plan.Steps.OfType<EffectStep>().Should().ContainSingle().Which;
        close.Commands[0].Should().Contain(ByHand.Replace("true", "false", StringComparison.Ordinal));
        close.Undo.Commands[0].Should().Contain(ByHand);
    }

    private async Task OpenAsync()
    {
        string before = (await Store.ReadAsync("checkout", default))!;
        await Store.WriteAsync("checkout", Store.WithAudience(before, FlagAudience.Everyone), before, default);
    }

    private static async Task Refused(Func<Task> act, string words) => await act.Should().ThrowAsync<DeploymentException>().WithMessage(words);
}
