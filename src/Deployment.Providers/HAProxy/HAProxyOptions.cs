namespace Deployment.Providers.HAProxy;

/// <summary>How an <see cref="HAProxyRouter"/> serves its site. Names and paths go into HAProxy's configuration, so they have few characters to choose from.</summary>
public sealed partial class HAProxyOptions
{
    /// <summary>
    /// The site: what its parts in HAProxy and its files are called. 1 to 63 letters, digits, '.' or '-'. One site serves one application; sites of one
    /// HAProxy need names of their own. It must be given.
    /// </summary>
    public string Site { get; set; } = "";

    /// <summary>The address that users reach, as <c>ADDRESS:PORT</c>, <c>[ADDRESS]:PORT</c> or <c>*:PORT</c>. Default <c>127.0.0.1:8080</c>.</summary>
    public string Bind { get; set; } = "127.0.0.1:8080";

    /// <summary>A second address, which the previewed revision answers. Default null: none.</summary>
    public string? PreviewBind { get; set; }

    /// <summary>A file in PEM with certificate and key, absolute; both addresses then speak TLS, with HTTP/2. Default null: HTTP without TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>
    /// Where the site's files live, from which HAProxy starts: an absolute path of letters, digits, '.', '_', '+' and '-'. Deployers and HAProxy must see
    /// the same folder. Default <c>/etc/haproxy/deployment</c>.
    /// </summary>
    public string Folder { get; set; } = "/etc/haproxy/deployment";

    /// <summary>How many revisions can be behind the site at once, with those that still finish requests: 2 to 64. Default 6.</summary>
    public int Lanes { get; set; } = 6;

    /// <summary>How many instances of a revision there can be: 1 to 100. Default 16.</summary>
    public int InstancesPerLane { get; set; } = 16;

    /// <summary>How long a switch waits for what lost its place to finish its requests; zero (don't wait) to a day. Default 30 seconds.</summary>
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether requests that are unfinished then are broken off. Default false: they go on.</summary>
    public bool CutAtDrainDeadline { get; set; }

    /// <summary>
    /// Whether a switch takes it that a worker which began less than <see cref="DrainDeadline"/> ago came by a reload, so that an older one, which nobody can
    /// ask, still finishes requests; it then waits until that time is over. Default true.
    /// </summary>
    public bool AwaitOldWorker { get; set; } = true;

    /// <summary>
    /// A header in which testers name the revision that is to answer, by its id or as <c>candidate</c> for the one that was routed last, whatever its
    /// share. One that isn't routed is ignored. Anybody can send it: choose a name that is hard to guess. Default null.
    /// </summary>
    public string? TesterHeader { get; set; }

    /// <summary>A cookie for the same. Default null.</summary>
    public string? TesterCookie { get; set; }

    /// <summary>A header that tells users apart. A user stays with a revision while its share stays or grows. Default null.</summary>
    public string? StickyHeader { get; set; }

    /// <summary>A cookie for the same: one of the application, or the router's own with <see cref="IssueStickyCookie"/>. Default null.</summary>
    public string? StickyCookie { get; set; }

    /// <summary>
    /// Whether <see cref="StickyCookie"/> is given to who comes without it: a random id, which says who and never which revision; HttpOnly, SameSite=Lax,
    /// Secure with TLS. Default false: the application sets it.
    /// </summary>
    public bool IssueStickyCookie { get; set; }

    /// <summary>How long such a cookie lasts: 1 second to 400 days. Default null: until the browser is closed.</summary>
    public TimeSpan? StickyCookieLifetime { get; set; }

    /// <summary>The path that HAProxy asks each instance for, expecting 200 to 399. Default null: it only connects.</summary>
    public string? HealthPath { get; set; }

    /// <summary>How often: 100 ms to an hour. Default 2 s.</summary>
    public TimeSpan HealthInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a request is tried anew where an instance can't be connected to, the last time on another one: 0 to 10. Default 3.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>How long connecting to an instance may take: 10 ms to an hour. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an instance may be silent: 10 ms to a day. Default 60 s.</summary>
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may be silent: 10 ms to a day. Default 60 s.</summary>
    public TimeSpan ClientTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a web socket may be silent: 10 ms to a day. Default 1 hour.</summary>
    public TimeSpan TunnelTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long HAProxy may take to answer one command: 100 ms to 5 minutes. Default 5 s.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The program that checks configurations before they are written: a name, or an absolute path. Default <c>haproxy</c>. Where it is missing nothing
    /// is checked during a switch.
    /// </summary>
    public string Program { get; set; } = "haproxy";

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal HAProxyOptions Copy() => (HAProxyOptions)MemberwiseClone();
}
