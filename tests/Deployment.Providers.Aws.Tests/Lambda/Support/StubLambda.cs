using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

/// <summary>
/// AWS Lambda as its documentation has it, for what an emulator leaves out: revisions of functions and aliases, states that take time, and how an alias deals out its
/// requests. Each rule names the page that it follows; all are below docs.aws.amazon.com/lambda/latest.
/// </summary>
internal sealed partial class StubLambda : ILambda
{
    public const string Function = "shop";
    public const string Role = "arn:aws:iam::123456789012:role/shop";
    private const string Arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop";

    private readonly TimeProvider _time;
    private readonly Dictionary<string, AliasConfiguration> _aliases = new(StringComparer.Ordinal);
    private readonly List<StubVersion> _versions = [];
    private readonly Dictionary<int, (int Executions, DateTimeOffset ReadyAt)> _provisioned = [];
    private FunctionConfiguration _latest;
    private DateTimeOffset _settledAt;
    private bool _isChanged = true;
    private int _revisions;
    private int _numbers;

    public StubLambda(TimeProvider time)
    {
        _time = time;
        _latest = new FunctionConfiguration
        {
            FunctionArn = Arn,
            Version = FunctionConfiguration.Latest,
            Description = "The shop.",
            CodeSha256 = Convert.ToBase64String(SHA256.HashData("by hand"u8)),
            Role = Role,
            PackageType = "Zip",
            Handler = "index.handler",
            Runtime = "nodejs22.x",
            MemorySize = 128,
            Timeout = 3,
            State = "Active",
            LastUpdateStatus = "Successful",
        };
        _latest = _latest with { RevisionId = NextRevision() };
    }

    /// <summary>How long an update is in progress (dg/functions-states.html).</summary>
    public TimeSpan UpdateTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a version is pending, or its environments are being warmed up.</summary>
    public TimeSpan PendingTime { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How many executions the account may have at once (dg/gettingstarted-limits.html).</summary>
    public int AccountConcurrency { get; set; } = 1000;

    /// <summary>Why updates fail, which is told once they have been tried (dg/functions-states.html); null where they take effect.</summary>
    public string? UpdatesFail { get; set; }

    /// <summary>Why versions that are published fail; null where they become active.</summary>
    public string? VersionsFail { get; set; }

    /// <summary>Why environments can't be kept warm; null where they can.</summary>
    public string? WarmingFails { get; set; }

    /// <summary>Called before each call with its name: it may do something in between, or throw.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Called after each call that changed something.</summary>
    public Action<string> After { get; set; } = _ => { };

    /// <summary>What never may be: each time that an alias was pointed at a version which could not be invoked.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>The calls that changed something, in their order.</summary>
    public List<string> Changes { get; } = [];

    public List<EventSourceMapping> Mappings { get; } = [];

    public string? Policy { get; set; }

    /// <summary>When snapshots are made (api/API_SnapStartResponse.html); null where that was never set.</summary>
    public string? SnapStart
    {
        set => Latest = _latest with { SnapStart = value is null ? null : new SnapStart(value) };
    }

    public string? Url { get; set; }

    /// <summary>Whether a revision that is given is compared; false for a control, in which a late call lands.</summary>
    public bool ComparesRevisions { get; set; } = true;

    public Func<int, byte[], Invocation> Answer { get; set; } = (version, payload) => new Invocation(version.ToString(CultureInfo.InvariantCulture), null, payload, "");

    public FunctionConfiguration Latest
    {
        get => _latest;
        set
        {
            _latest = value with { RevisionId = NextRevision() };
            _isChanged = true;
            _settledAt = Now + UpdateTime;
        }
    }

    public AliasConfiguration? Alias(string name) => _aliases.GetValueOrDefault(name);

    public IReadOnlyList<int> Numbers => [.. _versions.Select(version => version.Number)];

    public FunctionConfiguration VersionOf(int number) => Seen(_versions.Single(version => version.Number == number));

    public int? Warm(int number) => _provisioned.TryGetValue(number, out (int Executions, DateTimeOffset ReadyAt) config) ? config.Executions : null;

    /// <summary>A version that a person published, active from the start.</summary>
    public int PublishByHand(string description)
    {
        _isChanged = true;
        StubVersion version = Make(description) with { ActiveAt = DateTimeOffset.MinValue, Fails = null };
        _versions[^1] = version;
        return version.Number;
    }

    /// <summary>An alias as a person sets it.</summary>
    public void SetAlias(string name, int version, string description = "", params (int Version, double Weight)[] weights) => _aliases[name] = new AliasConfiguration
    {
        Name = name,
        FunctionVersion = Text(version),
        Description = description,
        RevisionId = NextRevision(),
        RoutingConfig = weights.Length == 0 ? null : new AliasRouting(weights.ToDictionary(weight => Text(weight.Version), weight => weight.Weight)),
    };

    /// <summary>Which version an invocation of an alias meets: at random, by its weights (dg/configuring-alias-routing.html).</summary>
    public int Deal(string alias, Random random)
    {
        AliasConfiguration found = _aliases[alias];
        double at = random.NextDouble();
        foreach ((string version, double weight) in found.RoutingConfig?.AdditionalVersionWeights ?? [])
        {
            if (at < weight)
            {
                return int.Parse(version, CultureInfo.InvariantCulture);
            }

            at -= weight;
        }

        return int.Parse(found.FunctionVersion!, CultureInfo.InvariantCulture);
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static AwsFailure Failure(string code, HttpStatusCode status, string message, string action, string resource = Function) =>
        AwsFailure.Of(new AmazonServiceException(message, null, ErrorType.Sender, code, "request", status), $"lambda:{action}", resource);

    private string NextRevision() => $"revision-{++_revisions}";

    private void Check(string function, string action)
    {
        Before(action);
        if (function != Function)
        {
            throw Failure("ResourceNotFoundException", HttpStatusCode.NotFound, $"Function not found: {function}", action, function);
        }
    }

    private void Changed(string action)
    {
        Changes.Add(action);
        After(action);
    }

    private static string Hash(byte[] code) => Convert.ToBase64String(SHA256.HashData(code));

    private static string HashOf(string text) => Hash(Encoding.UTF8.GetBytes(text));
}
