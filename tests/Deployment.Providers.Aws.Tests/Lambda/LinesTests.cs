using System.Net;
using Amazon.Runtime;
using Deployment.Commands;
using Deployment.Health;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Lambda.Checks;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>The printed lines where something goes wrong: they stop before they harm, as the steps do.</summary>
public sealed class LinesTests
{
    private static readonly CommandRunner _runner = new(TimeProvider.System);

    private LambdaRig _rig = null!;
    private StubLambda _stub = null!;
    private StubServer _server = null!;
    private string _temporary = null!;

    [SetUp]
    public async Task BeginAsync()
    {
        _rig = new LambdaRig();
        _stub = new StubLambda(TimeProvider.System) { UpdateTime = TimeSpan.Zero, PendingTime = TimeSpan.Zero };
        _server = await StubServer.StartAsync(_stub);
        _temporary = Directory.CreateDirectory(Path.Combine(_rig.Folder, "temporary")).FullName;
    }

    [TearDown]
    public async Task EndAsync()
    {
        await _server.DisposeAsync();
        _rig.Dispose();
    }

    [Test]
    public async Task Install_FromTheVersionUsersHave_KeepsWhatNoOptionNames()
    {
        _stub.Latest = _stub.Latest with { Environment = new EnvironmentVariables { Variables = new() { ["TABLE"] = "orders" } } };
        _stub.SetAlias("live", _stub.PublishByHand("By hand."));
        _stub.Latest = _stub.Latest with { MemorySize = 3000, Handler = "left.behind", Environment = new EnvironmentVariables { Variables = new() { ["TABLE"] = "left behind" } } };
        CommandResult typed = await TypeAsync(Target(), target => target.Install(_rig.Revision("1.0.0", release => release.WithSetting("COLOR", "blue"))));
        typed.ExitCode.Should().Be(0, typed.Error);
        FunctionConfiguration version = _stub.VersionOf(2);
        (version.MemorySize, version.Handler).Should().Be((128, "index.handler"));
        version.Environment!.Variables.Should().BeEquivalentTo(new Dictionary<string, string> { ["TABLE"] = "orders", ["COLOR"] = "blue" });
        Directory.GetFiles(_temporary).Should().BeEmpty("variables may be secrets");
    }

    [Test]
    public async Task Install_VariablesThatCanNotBeRead_ChangesNothing()
    {
        _stub.Latest = _stub.Latest with { Environment = new EnvironmentVariables { Error = new EnvironmentError("AccessDeniedException", "The ciphertext refers to a key that you may not use.") } };
        CommandResult typed = await TypeAsync(Target(), target => target.Install(_rig.Revision("1.0.0")));
        _stub.Changes.Should().BeEmpty();
        typed.ExitCode.Should().NotBe(0);
        typed.Error.Should().Contain("kms:Decrypt");
        Directory.GetFiles(_temporary).Should().BeEmpty();
    }

    [Test]
    public async Task Install_ReadThatIsDenied_ChangesNothing()
    {
        _stub.SetAlias("live", _stub.PublishByHand("By hand."));
        bool denied = false;
        _stub.Before = name =>
        {
            if (name is "GetFunctionConfiguration" or "ListAliases" && !denied)
            {
                denied = true;
                throw AwsFailure.Of(new AmazonServiceException("no", null, ErrorType.Sender, "AccessDeniedException", "id", HttpStatusCode.Forbidden), $"lambda:{name}", "shop");
            }
        };
        CommandResult typed = await TypeAsync(Target(), target => target.Install(_rig.Revision("1.0.0")));
        _stub.Changes.Should().BeEmpty();
        typed.ExitCode.Should().NotBe(0);
        Directory.GetFiles(_temporary).Should().BeEmpty();
    }

    [Test]
    public async Task Install_SomebodyChangesTheFunctionMeanwhile_Stops([Values("UpdateFunctionConfiguration", "UpdateFunctionCode", "PublishVersion")] string call)
    {
        _stub.Before = name =>
        {
            if (name == call)
            {
                _stub.Before = _ => { };
                _stub.Latest = _stub.Latest with { Description = "Somebody else was here.", LastUpdateStatus = "Successful" };
            }
        };
        CommandResult typed = await TypeAsync(Target(), target => target.Install(_rig.Revision("1.0.0")));
        typed.ExitCode.Should().NotBe(0);
        _stub.Changes.Should().NotContain(call);
        _stub.Latest.Description.Should().Be("Somebody else was here.");
    }

    [Test]
    public async Task Install_WarmEnvironmentsThatCanNotBeHad_Stops()
    {
        _stub.WarmingFails = "The account has no concurrency left.";
        CommandResult typed = await TypeAsync(Target(options => options.ProvisionedConcurrency = 2), target => target.Install(_rig.Revision("1.0.0")));
        typed.ExitCode.Should().NotBe(0);
    }

    [Test]
    public async Task Route_SomebodyChangesTheAliasMeanwhile_Stops()
    {
        int hand = _stub.PublishByHand("By hand.");
        _stub.PublishByHand("shop_1.0.0_1 on live");
        _stub.SetAlias("live", hand);
        _stub.Before = name =>
        {
            if (name == "UpdateAlias")
            {
                _stub.Before = _ => { };
                _stub.SetAlias("live", hand, "Somebody else was here.");
            }
        };
        CommandResult typed = await TypeAsync(Target(), target => target.Route(TrafficSplit.AllTo(new RevisionId("shop", "1.0.0", 1))));
        typed.ExitCode.Should().NotBe(0);
        _stub.Alias("live")!.FunctionVersion.Should().Be("1");
    }

    [Test]
    public async Task Remove_AliasThatCanNotBeRead_DeletesNothing()
    {
        _stub.PublishByHand("shop_1.0.0_1 on live");
        _stub.SetAlias("live", _stub.PublishByHand("shop_1.1.0_1 on live"));
        _stub.Before = name =>
        {
            if (name is "GetAlias" or "ListAliases")
            {
                throw AwsFailure.Of(new AmazonServiceException("no", null, ErrorType.Sender, "AccessDeniedException", "id", HttpStatusCode.Forbidden), $"lambda:{name}", "shop");
            }
        };
        CommandResult typed = await TypeAsync(Target(), target => target.Remove(new RevisionId("shop", "1.0.0", 1)));
        _stub.Numbers.Should().Equal(1, 2);
        typed.ExitCode.Should().NotBe(0);
    }

    [Test]
    public async Task Invoke_AsksWhereTheTargetAsks()
    {
        int asked = 0;
        _stub.PublishByHand("shop_1.0.0_1 on live");
        _stub.Answer = (version, payload) => new Invocation($"{asked = version}", null, payload, "");
        LambdaTarget target = Target();
        CheckDescription described = new InvokeProbe("""{"say":"it's me"}""", new LambdaInvokeOptions()).Describe(new CheckSubject("live", new RevisionId("shop", "1.0.0", 1)), TimeSpan.FromSeconds(5));
        CommandResult typed = await PasteAsync([target.AddressLookup(new RevisionId("shop", "1.0.0", 1)), .. described.Commands]);
        asked.Should().Be(1, typed.Error);
        typed.Error.Should().Contain("it's me");
    }

    private LambdaTarget Target(Action<LambdaTargetOptions>? configure = null) => LambdaTarget.Alias(StubLambda.Function, "live", "live", options =>
    {
        AwsOptions given = _server.Options;
        (options.Aws.Region, options.Aws.Endpoint, options.Aws.Credentials) = (given.Region, given.Endpoint, given.Credentials);
        options.PackageFolder = Path.Combine(_rig.Folder, "packages");
        configure?.Invoke(options);
    });

    private Task<CommandResult> TypeAsync(LambdaTarget target, Func<LambdaTarget, Operation> make)
    {
        Operation operation = make(target);
        return PasteAsync(target.Verbs.Single(verb => verb.Name == operation.Verb).Describe(operation.Arguments).Commands);
    }

    // Whoever would ask elsewhere meets a proxy that isn't there.
    private Task<CommandResult> PasteAsync(IEnumerable<string> lines) => _runner.RunAsync(
        Command.Of("bash", "--norc", "--noprofile") with
        {
            Environment = AwsTool.Environment.Add("AWS_PAGER", "").Add("AWS_MAX_ATTEMPTS", "1").Add("TMPDIR", _temporary).Add("HTTPS_PROXY", "http://127.0.0.1:1").Add("NO_PROXY", "127.0.0.1"),
            StandardInput = new Secret(string.Join('\n', [.. lines, ""])),
            Timeout = TimeSpan.FromMinutes(1),
        },
        null,
        CancellationToken.None);
}
