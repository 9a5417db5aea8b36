using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Copies;

/// <summary>A shadow of real processes, while users ask all the time.</summary>
[Category("Local")]
public sealed class ShadowUnderLoadTests
{
    // A copy that hangs is given up on after 10 s: a user who waited for one would wait so long.
    private static readonly TimeSpan LessThanACopy = TimeSpan.FromSeconds(8);
    private static readonly RevisionId Candidate = new("shop", "2.0.0", 1);
    private readonly HttpClient _direct = new();
    private string _folder = "";
    private int _port;
    private LocalTarget _target = null!;
    private PathUsers? _users;

    [SetUp]
    public async Task DeployFirstAsync()
    {
        _folder = Directory.CreateTempSubdirectory("ds-").FullName;
        _port = LiveWorld.FreePort();
        _target = LocalTarget.Listening(_port, local => local.StateFolder = Path.Combine(_folder, "l"));
        (await DeployAsync("1.0.0", pipeline => pipeline.UseBlueGreen())).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [TearDown]
    public async Task EndWorldAsync()
    {
        await (_users?.DisposeAsync() ?? ValueTask.CompletedTask);
        _users = null;
        await _target.Host.StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [OneTimeTearDown]
    public void DisposeClient() => _direct.Dispose();

    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_ShadowIsWell_SwitchesAndNoRequestFails()
    {
        PathUsers users = Ask("/same", null, "the same");

        DeploymentResult result = await DeployAsync("2.0.0", pipeline => pipeline.UseShadow(shadow =>
        {
            shadow.Time = TimeSpan.FromSeconds(1);
            shadow.MinimumRequests = 20;
            // How fast two processes of a busy machine are is not what is tried here.
            shadow.MaxSlowdown = null;
        }));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        await users.MoreAsync(50);
        users.Failures.Should().BeEmpty();
        Observation seen = await _target.ObserveAsync(CancellationToken.None);
        (seen.Traffic, seen.Mirror).Should().Be((TrafficSplit.AllTo(Candidate), null));
    }

    [TestCase("/slow-copies", "1.0.0", false, false, TestName = "Deploy_ShadowHangs_UsersNoticeNothingAndItIsRemoved")]
    [TestCase("/assets/1.0.0", "asset of 1.0.0", false, true, TestName = "Deploy_ShadowAnswersOtherStatuses_UsersNoticeNothingAndItIsRemoved")]
    [TestCase("/same", "the same", true, false, TestName = "Deploy_ShadowDies_UsersNoticeNothingAndItIsRemoved")]
    [CancelAfter(120_000)]
    public async Task Deploy_ShadowIsBad(string path, string answer, bool dies, bool breaksUsers)
    {
        PathUsers users = Ask(path, null, answer);
        await users.MoreAsync(20);

        Task<DeploymentResult> deploying = DeployAsync("2.0.0", pipeline => pipeline.UseShadow(shadow =>
        {
            shadow.Time = TimeSpan.FromSeconds(2);
            shadow.MinimumRequests = 20;
            shadow.MaxSlowdown = null;
        }));
        if (dies)
        {
            await CopyingAsync();
            await _direct.GetStringAsync(new Uri((await _target.AddressesAsync(Candidate, CancellationToken.None)).Single(), "/gate/closed"));
        }

        DeploymentResult result = await deploying;

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Reason.Should().Contain("with another status than the user's");
        TestContext.Out.WriteLine($"{result.Reason} Slowest user: {users.Slowest}, {users.Answers} answers.");
        await users.MoreAsync(20);
        users.Failures.Should().BeEmpty();
        users.Slowest.Should().BeLessThan(LessThanACopy);
        Observation seen = await _target.ObserveAsync(CancellationToken.None);
        (seen.Traffic.ToString(), seen.Mirror, seen.Stands(Candidate)).Should().Be(("shop_1.0.0_1=100", null, false));
        if (breaksUsers)
        {
            // The negative control: the same release reaches the same users without having been a shadow.
            (await DeployAsync("2.0.0", pipeline => pipeline.UseBlueGreen())).Outcome.Should().Be(DeploymentOutcome.Succeeded);
            await Wait.UntilAsync(() => users.Failures.Count > 0, "users meet the release");
        }
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_ShadowAnswers500WhereTheLiveOneAnswers200_RollsBackByTheComparison()
    {
        PathUsers users = Ask("/fails/2.0.0", null, "well");

        DeploymentResult result = await TryAsync();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.CheckFailed).Which.Text.Should().Contain("with another status than the user's");
        await users.MoreAsync(20);
        users.Failures.Should().BeEmpty();
        Observation seen = await _target.ObserveAsync(CancellationToken.None);
        (seen.Traffic.ToString(), seen.Mirror, seen.Stands(Candidate)).Should().Be(("shop_1.0.0_1=100", null, false));
    }

    /// <summary>The control of the one above: the same release, the same users, and a path where it fails no more than the live one.</summary>
    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_ShadowAnswersLikeTheLiveOne_Succeeds()
    {
        PathUsers users = Ask("/fails/3.0.0", null, "well");

        DeploymentResult result = await TryAsync();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        await users.MoreAsync(20);
        users.Failures.Should().BeEmpty();
        (await _target.ObserveAsync(CancellationToken.None)).Traffic.Should().Be(TrafficSplit.AllTo(Candidate));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Posts_AreCopiedOnlyWhereTheAuthorSaysSo()
    {
        PathUsers users = Ask("/echo", "order", "1.0.0:order");

        (await CopiedAsync(users, attempt: 1, allMethods: false)).Should().Be(0);
        // The control of the first: the same posts.
        (await CopiedAsync(users, attempt: 2, allMethods: true)).Should().BePositive();

        users.Failures.Should().BeEmpty();
    }

    /// <summary>How many copies the candidate got when users were answered a hundred times; the run is aborted then.</summary>
    private async Task<long> CopiedAsync(PathUsers users, int attempt, bool allMethods)
    {
        DeploymentPipeline pipeline = Pipeline(builder => builder.UseShadow(shadow => (shadow.Time, shadow.AllMethods) = (TimeSpan.FromHours(1), allMethods)));
        Task<DeploymentResult> deploying = pipeline.DeployAsync(Shop("2.0.0"), Again, TestContext.CurrentContext.CancellationToken);
        await CopyingAsync();
        await users.MoreAsync(100);
        RevisionId candidate = new("shop", "2.0.0", attempt);
        long copies = await CopiesAsync((await _target.AddressesAsync(candidate, CancellationToken.None)).Single());
        RunRecord run = (await pipeline.StatusAsync()).OpenRuns.Single();
        await pipeline.SignalAsync(run.Id, Signal.Abort("ada", "Enough was seen."));
        (await deploying).Outcome.Should().Be(DeploymentOutcome.RolledBack);
        return copies;
    }

    /// <summary>The control of a test brings the same release as the test.</summary>
    private static RunOverrides Again { get; } = RunOverrides.AllowRolledBack("It is the control of a test.");

    private Task<DeploymentResult> TryAsync() => DeployAsync("2.0.0", pipeline => pipeline.UseShadow(shadow =>
    {
        shadow.Time = TimeSpan.FromSeconds(5);
        shadow.MinimumRequests = 20;
        shadow.MaxSlowdown = null;
    }));

    private PathUsers Ask(string path, string? body, string answer) => _users = new PathUsers(_port, path, body, answer);

    private async Task<long> CopiesAsync(Uri shadow) => long.Parse(await _direct.GetStringAsync(new Uri(shadow, "/copies")), System.Globalization.CultureInfo.InvariantCulture);

    private Task CopyingAsync() => Wait.UntilAsync(async () => (await _target.ObserveAsync(CancellationToken.None)).Mirror is not null, "requests are copied");

    private Task<DeploymentResult> DeployAsync(string version, Action<DeploymentPipelineBuilder> use) => Pipeline(use).DeployAsync(Shop(version), Again, TestContext.CurrentContext.CancellationToken);

    private DeploymentPipeline Pipeline(Action<DeploymentPipelineBuilder> use)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop").DeployTo(_target).UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));
        use(builder);
        return builder.Build();
    }

    private static Release Shop(string version) => Release
        .Of("shop", version, Artifact.Process("dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll")).In(Path.GetTempPath()))
        .WithSetting("VERSION", version);
}
