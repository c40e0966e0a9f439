// What the test server can do; `thrift --gen py` makes the client and the server's base of it.

namespace py motorish_talk

exception Refused {
    1: string why
}

struct Person {
    1: i64 number
    2: string name
    3: list<double> scores
}

service Talk {
    string echo(1: string text)
    void slow(1: double seconds)
    Person improve(1: Person person)
    string refuse(1: string why) throws (1: Refused refused)
    binary blob(1: i32 size)
    oneway void forget(1: string text)
    list<string> forgotten()
}
