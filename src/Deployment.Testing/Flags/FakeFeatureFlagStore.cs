using System.Collections.Immutable;
using System.Text.Json;
using Deployment.Flags;
using Deployment.Runbooks;

namespace Deployment.Testing;

/// <summary>Feature flags in memory. It keeps a transcript of who had a flag, and fails where a test says so. Several pipelines may share it.</summary>
public sealed class FakeFeatureFlagStore : IFeatureFlagStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _flags = new(StringComparer.Ordinal);
    private readonly List<string> _transcript = [];
    private int _begun;

    /// <summary>Creates a store.</summary>
    /// <param name="name">The name.</param>
    /// <param name="flags">The flags that are there, closed.</param>
    public FakeFeatureFlagStore(string name = "flags", params IReadOnlyList<string> flags)
    {
        ArgumentNullException.ThrowIfNull(flags);
        Name = name;
        foreach (string flag in flags)
        {
            _flags[flag] = Write(FlagAudience.Nobody);
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Prerequisite> Prerequisites { get; } = [new Prerequisite("The program flagctl must be installed.", ["flagctl login"])];

    /// <summary>Called before each change takes place, with its number counted from 1 and what the transcript will say; it may throw or wait.</summary>
    public Func<int, string, CancellationToken, Task>? Before { get; set; }

    /// <summary>Called after each change took place; when it throws, the change happened all the same.</summary>
    public Func<int, string, CancellationToken, Task>? After { get; set; }

    /// <summary>Each change that took place, in order, such as <c>checkout: groups internal; 10%</c>.</summary>
    public IReadOnlyList<string> Transcript
    {
        get
        {
            lock (_gate)
            {
                return [.. _transcript];
            }
        }
    }

    /// <summary>Who has a flag now.</summary>
    /// <exception cref="DeploymentException">There is no such flag.</exception>
    public FlagAudience Audience(string flag)
    {
        lock (_gate)
        {
            return AudienceOf(Find(flag));
        }
    }

    /// <summary>Defines a flag as if somebody had done it by hand.</summary>
    public void Seed(string flag, FlagAudience audience)
    {
        lock (_gate)
        {
            _flags[flag] = Write(audience);
        }
    }

    /// <summary>Takes a flag away as if somebody had done it by hand.</summary>
    public void Delete(string flag)
    {
        lock (_gate)
        {
            _flags.Remove(flag);
        }
    }

    /// <inheritdoc/>
    public Task<string?> ReadAsync(string flag, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return Task.FromResult(_flags.GetValueOrDefault(flag));
        }
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string flag, string definition, string? expected, CancellationToken cancellationToken)
    {
        string text = $"{flag}: {AudienceOf(definition)}";
        int number = Interlocked.Increment(ref _begun);
        await (Before?.Invoke(number, text, cancellationToken) ?? Task.CompletedTask);
        lock (_gate)
        {
            string now = Find(flag);
            if (expected is not null && now != expected && now != definition)
            {
                throw new DeploymentException($"Somebody else changed {flag}: it is {now} where {expected} was expected.");
            }

            if (now != definition)
            {
                _flags[flag] = definition;
                _transcript.Add(text);
            }
        }

        await (After?.Invoke(number, text, cancellationToken) ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public FlagAudience AudienceOf(string definition)
    {
        FakeFlag flag = JsonSerializer.Deserialize(definition, FakeJson.Default.FakeFlag)!;
        return new FlagAudience { Users = flag.Users, Groups = flag.Groups.ToImmutableSortedDictionary(StringComparer.Ordinal), Percent = flag.Percent };
    }

    /// <inheritdoc/>
    public string WithAudience(string definition, FlagAudience audience) => Write(audience);

    /// <inheritdoc/>
    public IReadOnlyList<string> WriteCommands(string flag, string definition) => [$"flagctl set {flag} '{definition}'"];

    /// <inheritdoc/>
    public IReadOnlyList<string> ReadCommands(string flag) => [$"flagctl get {flag}"];

    private static string Write(FlagAudience audience)
    {
        ArgumentNullException.ThrowIfNull(audience);
        return JsonSerializer.Serialize(new FakeFlag([.. audience.Users], new(audience.Groups.ToDictionary()), audience.Percent), FakeJson.Default.FakeFlag);
    }

    private string Find(string flag) => _flags.GetValueOrDefault(flag) ?? throw new DeploymentException($"There is no flag {flag}. There are: {string.Join(", ", _flags.Keys)}.");
}
