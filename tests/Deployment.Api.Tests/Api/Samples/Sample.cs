namespace Deployment.Api.Tests.Api.Samples;

/// <summary>What the printer's test prints: one of each kind of member whose change would break somebody.</summary>
public abstract class Sample<T> : ICloneable
    where T : class?, new()
{
    public const string Text = "a \"quoted\" one";

    protected Sample(T first, int times = 3, Kinds kinds = Kinds.Small | Kinds.Large) => (First, Times, Kinds) = (first, times, kinds);

    public required string Name { get; init; }

    public T First { get; protected set; }

    public IReadOnlyDictionary<string, List<string?>?>? Nested { get; private set; }

    internal int Times { get; }

    internal Kinds Kinds { get; }

    public event EventHandler? Happened;

    public static bool operator !(Sample<T> sample) => sample is null;

    [Obsolete("Use another.")]
    public virtual bool TryFind(ref readonly int place, out T? found, params string[] names)
    {
        found = default;
        Happened?.Invoke(this, EventArgs.Empty);
        return names.Length > place;
    }

    public abstract Task<TResult?> AskAsync<TResult>(Func<T, TResult?> ask, TimeSpan? patience = null, CancellationToken cancellationToken = default)
        where TResult : notnull;

    public object Clone() => MemberwiseClone();

    internal void Remember(Dictionary<string, List<string?>?> nested) => Nested = nested;

    public readonly record struct Point(int X, int Y);
}
