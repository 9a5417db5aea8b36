using Deployment.Commands;
using Deployment.Providers.Aws.Lambda;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

/// <summary>A target on the stub, in virtual time, whose operations are carried out as a run does: run, then verify.</summary>
internal sealed class LambdaRig : IDisposable
{
    public const string Name = "live";
    public const string AliasName = "live";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lambda-");

    public LambdaRig(Action<LambdaTargetOptions>? configure = null)
    {
        Stub = new StubLambda(Time.Clock);
        Watch = new StubCloudWatch(Time.Clock);
        Target = Make(configure);
    }

    public VirtualTime Time { get; } = new();

    public StubLambda Stub { get; }

    public StubCloudWatch Watch { get; }

    public LambdaTarget Target { get; }

    public List<string> Progress { get; } = [];

    public long Epoch { get; set; } = 1;

    public string Folder => _folder.FullName;

    /// <summary>Where the alias sends its traffic, such as <c>1=90,2=10</c>.</summary>
    public string Shares
    {
        get
        {
            if (Stub.Alias(AliasName) is not { } alias)
            {
                return "none";
            }

            (string Version, double Weight)[] more = [.. (alias.RoutingConfig?.AdditionalVersionWeights ?? []).Select(share => (share.Key, share.Value))];
            return string.Join(',', more.Append((Version: alias.FunctionVersion!, Weight: 1 - more.Sum(share => share.Weight))).OrderBy(share => int.Parse(share.Version)).Select(share => $"{share.Version}={Math.Round(share.Weight * 100)}"));
        }
    }

    /// <summary>Another target on the same function.</summary>
    public LambdaTarget Make(Action<LambdaTargetOptions>? configure = null, string name = Name, string alias = AliasName) => LambdaTarget.Alias(StubLambda.Function, alias, name, options =>
    {
        options.PackageFolder = Path.Combine(Folder, "packages");
        options.TimeProvider = Time.Clock;
        configure?.Invoke(options);
    }, _ => Stub, _ => Watch);

    /// <summary>A folder with code of its own, as a revision that a pipeline would have pinned.</summary>
    public Revision Revision(string version, Func<Release, Release>? with = null, string? code = null, int attempt = 1)
    {
        string folder = Path.Combine(Folder, "code", code ?? version);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "index.js"), $"exports.handler = async () => '{code ?? version}';\n");
        Artifact pinned = Target.PinAsync(LambdaCode.Folder(folder), CancellationToken.None).GetAwaiter().GetResult();
        Release release = Release.Of("shop", version, pinned);
        return new Revision(new RevisionId("shop", version, attempt), with?.Invoke(release) ?? release);
    }

    public EffectContext Context(long? epoch = null) => new("run", "step", epoch ?? Epoch, new CommandRunner(Time.Clock), new EnvironmentSecretStore(), Time.Clock, Progress.Add);

    public EffectContext Run(Operation operation, LambdaTarget? target = null, long? epoch = null)
    {
        Verb verb = (target ?? Target).Verbs.Single(verb => verb.Name == operation.Verb);
        EffectContext context = Context(epoch);
        Time.Run(async () =>
        {
            await verb.RunAsync(operation.Arguments, context, CancellationToken.None);
            (await verb.VerifyAsync(operation.Arguments, context, CancellationToken.None)).Should().BeNull();
        });
        return context;
    }

    /// <summary>Carries it out, which must be refused.</summary>
    public string Refused(Operation operation, long? epoch = null) => FluentActions.Invoking(() => Run(operation, epoch: epoch)).Should().Throw<DeploymentException>().Which.Message;

    public VerbDescription Describe(Operation operation) => Target.Verbs.Single(verb => verb.Name == operation.Verb).Describe(operation.Arguments);

    public void TidyUp() => Time.Run(() => ((ITidyUp)Target).TidyUpAsync(Context(), CancellationToken.None));

    public Observation See(LambdaTarget? target = null) => Time.Run(() => (target ?? Target).ObserveAsync(CancellationToken.None));

    /// <summary>Installs a revision and gives it all traffic.</summary>
    public void Bring(Revision revision)
    {
        Run(Target.Install(revision));
        Run(Target.Route(TrafficSplit.AllTo(revision.Id)));
    }

    public static TrafficSplit Split(Revision one, int share, Revision other) => new([KeyValuePair.Create(one.Id, share), KeyValuePair.Create(other.Id, 100 - share)]);

    public void Dispose() => _folder.Delete(recursive: true);
}
