using Deployment.Commands;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>Over a line that cuts requests and answers in their midst each step says the truth, and may be repeated until it says that it is done.</summary>
public sealed class BadLineTests
{
    private static readonly string[] _after = ["1=100", "1=90,2=10", "2=100"];

    private LambdaRig _rig = null!;
    private StubServer _server = null!;

    [SetUp]
    public async Task BeginAsync()
    {
        _rig = new LambdaRig();
        (_rig.Stub.UpdateTime, _rig.Stub.PendingTime) = (TimeSpan.Zero, TimeSpan.Zero);
        _server = await StubServer.StartAsync(_rig.Stub);
    }

    [TearDown]
    public async Task EndAsync()
    {
        await _server.DisposeAsync();
        _rig.Dispose();
    }

    [Test]
    public async Task Canary_OverABadLine_IsWhatIsSaidAndPublishedOnce()
    {
        int cuts = 0;
        int failures = 0;
        for (int seed = 1; seed <= 25; seed++)
        {
            (int lineCuts, int steps) = await BringAsync(seed);
            (cuts, failures) = (cuts + lineCuts, failures + steps);
            await EndAsync();
            await BeginAsync();
        }

        await TestContext.Out.WriteLineAsync($"{cuts} cuts, {failures} failed steps");
        cuts.Should().BeGreaterThan(20, "else little was tried");
    }

    private async Task<(int Cuts, int Failures)> BringAsync(int seed)
    {
        Revision old = _rig.Revision("1.0.0");
        Revision next = _rig.Revision("1.1.0");
        _rig.Bring(old);
        int cuts = 0;
        int failures = 0;
        int done = 0;
        for (int attempt = 1; done < _after.Length; attempt++)
        {
            // The last lines are whole.
            await using var line = new BadLine(_server.Port, (seed * 100) + attempt, attempt > 12 ? 0 : 0.9);
            LambdaTarget target = Target(line.Address);
            Operation operation = done switch
            {
                0 => target.Install(next),
                1 => target.Route(LambdaRig.Split(next, 10, old)),
                _ => target.Route(TrafficSplit.AllTo(next.Id)),
            };
            bool said = await TryAsync(target, operation);
            cuts += line.Cuts;
            failures += said ? 0 : 1;
            Problem(next, said ? [_after[done]] : [_after[Math.Max(0, done - 1)], _after[done]], isThere: said || done > 0).Should().BeNull();
            done += said ? 1 : 0;
        }

        return (cuts, failures);
    }

    [Test]
    public void WhatLooksAtTheFunction_SeesUntruths()
    {
        Revision next = _rig.Revision("1.1.0");
        _rig.Bring(_rig.Revision("1.0.0"));
        Problem(next, ["1=100"], isThere: true).Should().Contain("no version");
        _rig.Bring(next);
        Problem(next, ["1=100"], isThere: true).Should().Contain("2=100");
        Problem(next, ["2=100"], isThere: true).Should().BeNull();
        _rig.Stub.PublishByHand("shop_1.1.0_1 on live, epoch 1");
        Problem(next, ["2=100"], isThere: true).Should().Contain("2 times");
    }

    private string? Problem(Revision next, string[] shares, bool isThere)
    {
        string[] codes = [.. _rig.Stub.Numbers.Select(_rig.Stub.VersionOf).Where(version => version.Description!.StartsWith($"{next.Id} on live", StringComparison.Ordinal)).Select(version => version.CodeSha256!)];
        return codes.Length > 1 ? $"{next.Id} was published {codes.Length} times."
            : codes.Length == 0 && isThere ? $"There is no version of {next.Id}."
            : codes.Length == 1 && Convert.ToHexStringLower(Convert.FromBase64String(codes[0])) != next.Release.Artifact.Sha256 ? "The version has other code."
            : !shares.Contains(_rig.Shares) ? $"The alias has {_rig.Shares}."
            : _rig.Stub.Violations.FirstOrDefault();
    }

    private LambdaTarget Target(Uri address) => LambdaTarget.Alias(StubLambda.Function, "live", "live", options =>
    {
        AwsOptions given = _server.Options;
        // An answer that is lost is asked for again, so a change may come twice.
        (options.Aws.Region, options.Aws.Endpoint, options.Aws.Credentials, options.Aws.Attempts) = (given.Region, address, given.Credentials, 2);
        options.PackageFolder = Path.Combine(_rig.Folder, "packages");
    });

    private static async Task<bool> TryAsync(LambdaTarget target, Operation operation)
    {
        Verb verb = target.Verbs.Single(verb => verb.Name == operation.Verb);
        var context = new EffectContext("run", "step", 1, new CommandRunner(TimeProvider.System), new EnvironmentSecretStore(), TimeProvider.System);
        try
        {
            await verb.RunAsync(operation.Arguments, context, CancellationToken.None);
            return await verb.VerifyAsync(operation.Arguments, context, CancellationToken.None) is null;
        }
        catch (DeploymentException)
        {
            return false;
        }
    }
}
