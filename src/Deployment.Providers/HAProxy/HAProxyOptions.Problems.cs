namespace Deployment.Providers.HAProxy;

// What is wrong with the options, all at once.
public sealed partial class HAProxyOptions
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    internal IEnumerable<string> Problems() => [.. NameProblems(), .. PathProblems(), .. NumberProblems(), .. StickyProblems()];

    private IEnumerable<string> NameProblems()
    {
        if (!Text.IsSite(Site))
        {
            yield return $"Site is '{Text.Printable(Site)}': take 1 to 63 letters, digits, '.' or '-', beginning and ending with a letter or digit and without '..'.";
        }

        (string Name, string? Value)[] binds = [(nameof(Bind), Bind ?? ""), (nameof(PreviewBind), PreviewBind)];
        foreach ((string name, string? value) in binds.Where(bind => bind.Value is not null && Files.BindAddress.TryParse(bind.Value) is null))
        {
            yield return $"{name} is '{Text.Printable(value)}': take ADDRESS:PORT, [ADDRESS]:PORT or *:PORT, with an IP address and a port from 1 to 65535.";
        }

        if (Bind is not null && Bind == PreviewBind)
        {
            yield return $"PreviewBind is the same as Bind ({Text.Printable(Bind)}): take another port.";
        }

        (string Name, string? Value)[] tokens = [(nameof(TesterHeader), TesterHeader), (nameof(TesterCookie), TesterCookie), (nameof(StickyHeader), StickyHeader), (nameof(StickyCookie), StickyCookie)];
        foreach ((string name, string? value) in tokens.Where(token => token.Value is not null && !Text.IsToken(token.Value)))
        {
            yield return $"{name} is '{Text.Printable(value)}': take 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit.";
        }
    }

    private IEnumerable<string> PathProblems()
    {
        if (!Text.IsPath(Folder))
        {
            yield return $"Folder is '{Text.Printable(Folder)}': take an absolute path of letters, digits, '.', '_', '+' and '-', without '..' and without a '/' at its end.";
        }

        if (Certificate is not null && !Text.IsPath(Certificate))
        {
            yield return $"Certificate is '{Text.Printable(Certificate)}': take an absolute path of letters, digits, '.', '_', '+' and '-', without '..'.";
        }

        if (HealthPath is not null && !Text.IsUrlPath(HealthPath))
        {
            yield return $"HealthPath is '{Text.Printable(HealthPath)}': it begins with '/', and has letters, digits and any of ._~/?=&+- at most 500 in all.";
        }

        if (string.IsNullOrEmpty(Program) || (Program.Contains('/', StringComparison.Ordinal) ? !Text.IsPath(Program) : !Text.IsToken(Program)))
        {
            yield return $"Program is '{Text.Printable(Program)}': take a name, or an absolute path of letters, digits, '.', '_', '+' and '-'.";
        }

        if (TimeProvider is null)
        {
            yield return "TimeProvider can't be null.";
        }
    }

    private IEnumerable<string> NumberProblems()
    {
        foreach ((string name, int value, int least, int most) in new[] { (nameof(Lanes), Lanes, 2, 64), (nameof(InstancesPerLane), InstancesPerLane, 1, 100), (nameof(Retries), Retries, 0, 10) })
        {
            if (value < least || value > most)
            {
                yield return $"{name} is {value}: it must be {least} to {most}.";
            }
        }

        TimeSpan shortest = TimeSpan.FromMilliseconds(10);
        foreach ((string name, TimeSpan value, TimeSpan least, TimeSpan most) in new[]
        {
            (nameof(DrainDeadline), DrainDeadline, TimeSpan.Zero, _day),
            (nameof(HealthInterval), HealthInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            (nameof(ConnectTimeout), ConnectTimeout, shortest, TimeSpan.FromHours(1)),
            (nameof(ServerTimeout), ServerTimeout, shortest, _day),
            (nameof(ClientTimeout), ClientTimeout, shortest, _day),
            (nameof(TunnelTimeout), TunnelTimeout, shortest, _day),
            (nameof(AnswerTimeout), AnswerTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name} is {value}: it must be {least} to {most}.";
            }
        }
    }

    private IEnumerable<string> StickyProblems()
    {
        if (IssueStickyCookie && StickyCookie is null)
        {
            yield return "IssueStickyCookie needs the name of the cookie: set StickyCookie.";
        }

        if (StickyCookieLifetime is { } lifetime && (!IssueStickyCookie || lifetime < TimeSpan.FromSeconds(1) || lifetime > TimeSpan.FromDays(400)))
        {
            yield return IssueStickyCookie
                ? $"StickyCookieLifetime is {lifetime}: it must be 1 second to 400 days."
                : "StickyCookieLifetime is of a cookie that the router gives out: set IssueStickyCookie, or leave the lifetime out.";
        }
    }
}
